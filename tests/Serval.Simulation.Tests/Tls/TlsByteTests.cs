using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// Handshakes and requests with a fault at every byte, over the whole worker: nobody else is disturbed, every
/// exchange has one record, and nothing is left behind.
/// </summary>
public sealed class TlsByteTests
{
    // What the shortest handshake with a request has of bytes, so that a loop cannot end early.
    private const int BytesMin = 250;
    private const int NeighbourEvery = 4;

    // Certificates make the flights of endpoints long: the ordinary run takes every third byte, and begins
    // with another one for each fault. make tls takes all.
    private static readonly int EndpointStep =
        Environment.GetEnvironmentVariable("SERVAL_TLS_LONG") is null ? 3 : 1;

    public static TheoryData<bool, string> Faults()
    {
        TheoryData<bool, string> rows = [];
        foreach (bool isTls12 in (bool[])[false, true])
        {
            foreach (WireFault fault in Enum.GetValues<WireFault>())
            {
                if (fault != WireFault.None) rows.Add(isTls12, fault.ToString());
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_at_any_byte_of_a_client_is_its_own(bool isTls12, string name)
    {
        WireFault fault = Enum.Parse<WireFault>(name);
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        List<string> answered = [];
        TlsScenePeer kept = stage.Connect();
        Ask(stage, kept, "/kept", answered);
        int at = 0;
        for (bool hasStruck = true; hasStruck; at++)
        {
            TlsScenePeer client = stage.Connect(fault, at);
            client.Ask($"/fault/{at}");
            stage.Scene.RunUntil(() => client.IsEnded || client.IsAnswered(TlsStage.Body));
            hasStruck = client.HasStruck;
            bool isAnswered = client.IsAnswered(TlsStage.Body);
            // Not one byte of an answer is another.
            Assert.True(isAnswered || client.Received.Length == 0, $"byte {at}: {client.Received}");
            Assert.True(isAnswered || fault != WireFault.Pauses, $"byte {at}: a pause is a fault");
            client.Close();
            // It may have been silent for too long, where clients stop.
            if (kept.IsEnded) kept = stage.Connect();
            if (at % NeighbourEvery == 0) Ask(stage, kept, $"/kept/{at}", answered);
            if (at % NeighbourEvery == 2) Ask(stage, stage.Connect(), $"/new/{at}", answered);
            stage.TakeRecords();
        }

        Assert.True(at > BytesMin, $"the loop ends at byte {at}");
        stage.CheckRecords(answered);
        stage.Scene.DrainToEnd();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_at_any_byte_of_an_endpoint_is_its_own(bool isTls12, string name)
    {
        WireFault fault = Enum.Parse<WireFault>(name);
        using TlsStage stage = new(isTls12, clients: false, endpoints: true);
        SceneClient client = stage.Scene.Connect();
        List<string> answered = [];
        int rounds = 0;
        int at = (int)fault % EndpointStep;
        for (bool hasStruck = true; hasStruck; at += EndpointStep)
        {
            stage.Endpoint!.FailNext(fault, at);
            string response = client.Get($"/fault/{at}");
            Assert.True(
                response.EndsWith("\r\n\r\n" + TlsStage.Body, StringComparison.Ordinal)
                || (response.Split(' ')[1] is "502" or "503" or "504" && fault != WireFault.Pauses)
                // The head had come, and the body is known to be cut.
                || (client.IsEnded && response.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)),
                $"byte {at}: {response}");
            if (client.IsEnded) client = stage.Scene.Connect();
            TlsScenePeer faulty = stage.Endpoint.Faulty!;
            stage.Scene.RunUntil(() => faulty.HasStruck || faulty.IsEnded, 1_000, mustHold: false);
            hasStruck = faulty.HasStruck;
            stage.TakeRecords();
            // One that fails three times in a row is ejected.
            if (rounds++ % 2 != 0) continue;
            string good = client.Get($"/good/{at}");
            Assert.EndsWith("\r\n\r\n" + TlsStage.Body, good, StringComparison.Ordinal);
            answered.Add($"/good/{at}");
        }

        Assert.True(at > BytesMin, $"the loop ends at byte {at}");
        Assert.True(
            stage.Endpoint!.Requests.TrueForAll(static path =>
                path.StartsWith("/fault/", StringComparison.Ordinal)
                || path.StartsWith("/good/", StringComparison.Ordinal)),
            "an endpoint was asked what nobody has asked");
        stage.CheckRecords(answered);
        client.Close();
        stage.Scene.DrainToEnd();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_certificate_is_renewed_at_any_byte_and_the_request_is_answered(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        List<string> answered = [];
        int at = 0;
        for (bool hasStruck = true; hasStruck; at++)
        {
            TlsScenePeer client = stage.Connect(WireFault.Pauses, at);
            client.Ask($"/{at}");
            stage.Scene.RunUntil(() => client.HasStruck || client.IsAnswered(TlsStage.Body));
            hasStruck = client.HasStruck;
            stage.Renew();
            stage.Scene.RunUntil(() => client.IsAnswered(TlsStage.Body));
            answered.Add($"/{at}");
            client.Close();
            stage.TakeRecords();
        }

        Assert.True(at > BytesMin, $"the loop ends at byte {at}");
        stage.CheckRecords(answered);
        stage.Scene.DrainToEnd();
    }

    // Whatever the kernel takes and gives at a time, down to a byte, and whatever fits a socket.
    [Theory]
    [InlineData(false, 1, 512)]
    [InlineData(true, 1, 512)]
    [InlineData(false, 7, 4_096)]
    [InlineData(true, 100, 1_024)]
    [InlineData(false, 40_000, 1 << 20)]
    public void Crumbs_of_records_are_put_together_on_both_sides(bool isTls12, int fragment, int pipe)
    {
        FaultProfile faults = FaultProfile.None() with
        {
            FragmentMax = fragment,
            PipeBytes = pipe,
            CompletionDelayMaxUs = 100,
            MultishotEndsPermille = 100,
            CancelBusyPermille = 100,
            ReapMax = 3,
        };
        using TlsStage stage = new(isTls12, clients: true, endpoints: true, faults);
        List<string> answered = [];
        for (int i = 0; i < 8; i++)
        {
            TlsScenePeer client = stage.Connect();
            for (int j = 0; j < 3; j++) Ask(stage, client, $"/{i}/{j}", answered);
            client.End();
            stage.Scene.RunUntil(() => client.IsEnded);
            client.Close();
        }

        stage.CheckRecords(answered);
        stage.Scene.DrainToEnd();
    }

    private static void Ask(TlsStage stage, TlsScenePeer client, string path, List<string> answered)
    {
        stage.MustAnswer(client, path);
        answered.Add(path);
    }
}
