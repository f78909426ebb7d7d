using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

/// <summary>The admin API over a socket, with a role that is made up.</summary>
public sealed class AdminServerTests : IAsyncLifetime, IDisposable
{
    private static readonly Snapshot Live = new()
    {
        Version = "v1",
        Listeners = [new Listener { Name = "l", Port = 80, Protocol = ListenerProtocol.Http }],
    };

    private readonly List<(string Version, string? Base, PushTerm? Term)> _pushed = [];
    private ImmutableArray<Finding> _findings = [];
    private int _waiting;
    private AdminServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        AdminSources sources = new()
        {
            Live = () => Live,
            NotReadyReason = () => null,
            WriteMetricsAsync = (_, _, _) => Task.CompletedTask,
            Findings = () => _findings,
            Options = new RouterOptions { PathPolicy = PathPolicy.Strict },
            WaitingCertificates = () => _waiting,
            Certificates = () =>
            [
                new CertificateState
                {
                    Name = "a",
                    Digest = "1",
                    NotAfterMs = 1_900_000_000_000,
                    IsHeld = true,
                },
                new CertificateState { Name = "b", Digest = "2" },
            ],
            Publish = (snapshot, term, _) => Take(snapshot.Version, null, term),
            PublishDelta = (delta, term, _) => Take(delta.Version, delta.BaseVersion, term),
        };
        _server = await AdminServer.StartAsync(
            new AdminOptions(new IPEndPoint(IPAddress.Loopback, 0)), sources, NullLoggerFactory.Instance,
            CancellationToken.None);
        _client = new HttpClient { BaseAddress = new Uri($"http://{_server.Endpoint}") };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/readyz")]
    [InlineData("/findings")]
    public async Task Readiness_and_findings_tell_what_is_live_and_how_many_certificates_wait(string path)
    {
        using HttpResponseMessage none = await _client.GetAsync(Of(path));
        Assert.Equal("v1", Assert.Single(none.Headers.GetValues("Serval-Version")));
        Assert.False(none.Headers.Contains("Serval-Waiting-Certificates"));
        _waiting = 2;
        using HttpResponseMessage two = await _client.GetAsync(Of(path));
        Assert.Equal("2", Assert.Single(two.Headers.GetValues("Serval-Waiting-Certificates")));
    }

    [Fact]
    public async Task Findings_come_the_gravest_first_and_otherwise_in_their_order()
    {
        _findings =
        [
            new Finding(Severity.Notice, "n", "", "R", "m"),
            new Finding(Severity.Warning, "w1", "", "R", "m"),
            new Finding(Severity.Error, "e", "", "R", "m"),
            new Finding(Severity.Warning, "w2", "", "R", "m"),
        ];
        Assert.Equal(
            "error: e: m (R)\nwarning: w1: m (R)\nwarning: w2: m (R)\nnotice: n: m (R)\n",
            await _client.GetStringAsync(Of("/findings")));
    }

    [Fact]
    public async Task A_push_is_handed_on_with_its_base_and_its_term()
    {
        Assert.Equal(200, await PushAsync("""{"version":"v2"}""", "7", "1"));
        Assert.Equal(200, await PushAsync("""{"baseVersion":"v2","version":"v3"}""", "7", "2"));
        Assert.Equal(200, await PushAsync("""{"baseVersion":"v3","version":"v4"}""", null, null));
        Assert.Equal(400, await PushAsync("""{"version":"v5"}""", null, "3"));
        Assert.Equal(400, await PushAsync("""{"baseVersion":"v4","version":"v4"}""", "7", "3"));
        Assert.Equal(
            [("v2", null, new PushTerm(7, 1)), ("v3", "v2", new PushTerm(7, 2)), ("v4", "v3", null)],
            _pushed);
    }

    [Fact]
    public async Task An_explanation_follows_the_options_of_the_router()
    {
        string url = Uri.EscapeDataString("http://a.example/a//b");
        Assert.Contains(
            "400: the listener's policy refuses the path",
            await _client.GetStringAsync(Of($"/explain?url={url}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_has_an_end_where_it_is_known_and_a_state()
    {
        using JsonDocument page = JsonDocument.Parse(await _client.GetStringAsync(Of("/certs")));
        JsonElement[] certificates = [.. page.RootElement.GetProperty("certificates").EnumerateArray()];
        Assert.Equal("2030-03-17T17:46:40Z", certificates[0].GetProperty("notAfter").GetString());
        Assert.False(certificates[1].TryGetProperty("notAfter", out _));
        Assert.Equal(
            ["held", "waiting"], certificates.Select(one => one.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData(AdminLimits.HeaderBytesMax - 512, 200)]
    [InlineData(AdminLimits.HeaderBytesMax, 431)]
    public async Task The_lines_of_a_request_are_bounded(int bytes, int status)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Of("/healthz"));
        request.Headers.Add("X-Long", new string('x', bytes));
        using HttpResponseMessage answer = await _client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    // Each of those that are open has been answered, so that it is counted.
    [Fact]
    public async Task A_connection_beyond_the_bound_is_closed_and_those_within_are_served()
    {
        List<TcpClient> open = [];
        try
        {
            for (int i = 0; i < AdminLimits.ConnectionsMax; i++)
            {
                open.Add(new TcpClient());
                Assert.Equal("HTTP/1.1 200 OK", await AskAsync(open[i]));
            }

            using TcpClient beyond = new();
            Assert.Null(await AskAsync(beyond));
            Assert.Equal("HTTP/1.1 200 OK", await AskAsync(open[0]));
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
    }

    /// <summary>The first line of the answer; null where the connection ends without one.</summary>
    private async Task<string?> AskAsync(TcpClient client)
    {
        try
        {
            if (!client.Connected)
                await client.ConnectAsync(_server.Endpoint);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            StringBuilder text = new();
            byte[] received = new byte[1_024];
            while (!text.ToString().EndsWith("ok\n", StringComparison.Ordinal))
            {
                int count = await stream.ReadAsync(received);
                if (count == 0) return null;
                text.Append(Encoding.ASCII.GetString(received, 0, count));
            }

            return text.ToString().Split("\r\n")[0];
        }
        catch (IOException)
        {
            return null; // reset
        }
    }

    private async Task<int> PushAsync(string body, string? epoch, string? generation)
    {
        using StringContent content = new(body);
        if (epoch is not null) content.Headers.Add(PushTerm.EpochHeader, epoch);
        if (generation is not null) content.Headers.Add(PushTerm.GenerationHeader, generation);
        using HttpResponseMessage answer = await _client.PutAsync(Of("/config"), content);
        return (int)answer.StatusCode;
    }

    private Task<PushAnswer> Take(string version, string? start, PushTerm? term)
    {
        _pushed.Add((version, start, term));
        return Task.FromResult(
            new PushAnswer(PushVerdict.Judged, new ApplyResult(true, version, []), version, term));
    }

    private static Uri Of(string path) => new(path, UriKind.Relative);
}
