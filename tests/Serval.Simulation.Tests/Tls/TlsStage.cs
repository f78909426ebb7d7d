using System.Text.Json;
using Serval.DataPlane;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// A worker between clients and endpoints of which one side, or both, speak TLS; everything is asked of one
/// cluster with one endpoint.
/// </summary>
internal sealed class TlsStage : IDisposable
{
    public const string Body = "a body of thirty-three characters";
    private const string Address = "10.1.0.1";
    private const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n" + Body;
    private readonly bool _isTls12;
    private readonly bool _clients;
    private readonly bool _endpoints;
    private int _shown;

    /// <param name="isTls12">Whether peers speak TLS 1.2 and no more.</param>
    /// <param name="clients">Whether clients speak TLS.</param>
    /// <param name="endpoints">Whether the endpoint does.</param>
    /// <param name="faults">What the kernel and the network do.</param>
    public TlsStage(bool isTls12, bool clients, bool endpoints, FaultProfile? faults = null)
    {
        (_isTls12, _clients, _endpoints) = (isTls12, clients, endpoints);
        Scene = new Scene(
            Actors.Secure(SceneSnapshot.Of(Address), 0, clients, endpoints), new Timeouts(), faults,
            tls: Actors);
        if (endpoints) Endpoint = Scene.TlsUpstream(Address, Actors, isTls12, Response);
        else Scene.Upstream(Address).Saying(Response);
    }

    public TlsActors Actors { get; } = new();

    public Scene Scene { get; }

    /// <summary>The endpoint, where it speaks TLS.</summary>
    public TlsSceneUpstream? Endpoint { get; }

    /// <summary>What was recorded, by path.</summary>
    public Dictionary<string, List<JsonElement>> Records { get; } = [];

    /// <summary>A client that has come.</summary>
    public TlsScenePeer Connect(WireFault fault = default, int at = 0) =>
        Scene.QueueTls(Actors.Client(_isTls12), fault: fault, at: at);

    /// <summary>Asks and waits for the whole answer.</summary>
    public void MustAnswer(TlsScenePeer client, string path)
    {
        client.Ask(path);
        Scene.RunUntil(() => client.IsAnswered(Body));
    }

    /// <summary>Makes a renewed certificate current.</summary>
    public void Renew()
    {
        _shown = 1 - _shown;
        Scene.Publish(Actors.Secure(SceneSnapshot.Of(Address), _shown, _clients, _endpoints));
    }

    /// <summary>Takes what was recorded since the last time.</summary>
    public void TakeRecords()
    {
        foreach (JsonElement record in Scene.Records())
        {
            string path = record.TryGetProperty("path", out JsonElement value) ? value.GetString()! : "";
            if (!Records.TryGetValue(path, out List<JsonElement>? same)) Records[path] = same = [];
            same.Add(record);
        }
    }

    /// <summary>Nobody has two records; those of these paths say that they were answered.</summary>
    public void CheckRecords(IReadOnlyCollection<string> answered)
    {
        TakeRecords();
        foreach ((string path, List<JsonElement> records) in Records)
            Assert.True(path.Length == 0 || records.Count == 1, $"{path} has {records.Count} records");
        foreach (string path in answered)
            Assert.Equal(200, Assert.Single(Records[path]).GetProperty("status").GetInt32());
    }

    public void Dispose()
    {
        Scene.Dispose();
        Actors.Dispose();
    }
}
