using System.Net.Sockets;
using System.Text;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>
/// The table of docs/tls.md: how handshakes fail, what the client sees of it, and which series counts it.
/// </summary>
public sealed class HandshakeFailureTests
{
    private const string Origin = "origin.example";

    private static readonly FailureRow[] Table =
    [
        FailureRow.OfSent("no listener has the server name", "unrecognized_name", scene =>
            TlsTalk.AskAsync(scene.Live(), scene.Client("b.example"))),
        FailureRow.OfSent("the listener's key has not come", "internal_error", scene =>
            TlsTalk.AskAsync(scene.Live(hasKey: false), scene.Client())),
        FailureRow.OfSent("the key does not belong to the certificate", "internal_error", scene =>
        {
            TlsScene live = scene.Live(hasKey: false);
            IssuedPair web = scene.Authority.Issue("web", [FailingScene.Name]);
            IssuedPair other = scene.Authority.Issue("other", [FailingScene.Name]);
            Assert.Contains("does not belong", Assert.Single(live.Router.PutSecrets(
                [(web with { KeyPem = other.KeyPem }).Keys()])).Message, StringComparison.Ordinal);
            return TlsTalk.AskAsync(live, scene.Client());
        }),
        FailureRow.OfReceived("the listener's certificate has expired", "certificate_expired", scene =>
        {
            scene.Showing(scene.Authority.Issue("web", [FailingScene.Name], isExpired: true));
            return TlsTalk.AskAsync(scene.Live(), scene.Client());
        }),
        FailureRow.OfReceived("the client does not trust the listener's authority", "unknown_ca", scene =>
            TlsTalk.AskAsync(scene.Live(), scene.Distrustful())),
        FailureRow.OfReceived("the listener's certificate has another name", "bad_certificate", scene =>
        {
            scene.Showing(scene.Authority.Issue("web", ["else.example"]));
            return TlsTalk.AskAsync(scene.Live(), scene.Client());
        }),
        FailureRow.OfSent("the client shows no certificate, TLS 1.3", "certificate_required", scene =>
            TlsTalk.AskAsync(scene.AskingClients().Live(), scene.Client())),
        FailureRow.OfSent("the client shows no certificate, TLS 1.2", "handshake_failure", scene =>
            TlsTalk.AskAsync(scene.AskingClients().Live(), scene.Client(change: Tls12))),
        FailureRow.OfSent("the client's certificate is of another authority", "unknown_ca", scene =>
            TlsTalk.AskAsync(scene.AskingClients().Live(), scene.Client(
                change: one => one.Showing(scene.Other.Issue("mallory", []))))),
        FailureRow.OfSent("the client's certificate has expired", "certificate_expired", scene =>
            TlsTalk.AskAsync(scene.AskingClients().Live(), scene.Client(
                change: one => one.Showing(scene.Authority.Issue("alice", [], isExpired: true))))),
        FailureRow.OfSent("the client speaks TLS 1.1 at most", "protocol_version", scene =>
        {
            // Handshake header, then the version: nothing else of a hello of TLS 1.2 says which it is.
            byte[] hello = scene.Client(change: Tls12).TakeHello();
            hello[10] = 2;
            return TlsTalk.SendRawAsync(scene.Live(), hello);
        }),
        FailureRow.OfSent("the client speaks TLS 1.2 where 1.3 is the least", "protocol_version", scene =>
        {
            scene.With(tls => tls with { MinVersion = TlsVersion.Tls13 });
            return TlsTalk.AskAsync(scene.Live(), scene.Client(change: Tls12));
        }),
        FailureRow.OfSent("the client was made to speak an older version", "inappropriate_fallback", scene =>
            TlsTalk.AskAsync(
                scene.Live(), scene.Client(change: one => one.SpeakingTls12().FallingBack()))),
        FailureRow.OfSent("the client has weak suites only", "handshake_failure", scene =>
            TlsTalk.AskAsync(
                scene.Live(), scene.Client(change: one => one.SpeakingTls12().WithCiphers("AES128-SHA")))),
        FailureRow.OfSent("the client offers other protocols only", "no_application_protocol", scene =>
            TlsTalk.AskAsync(scene.Live(), scene.Client(change: one => one.Offering("h2")))),
        new("the client wants a new handshake on a connection that stands", "no_renegotiation",
            FailureRow.Success("1.2"), RenegotiateAsync),
        FailureRow.OfSent("the ClientHello is too long", "illegal_parameter", scene =>
        {
            const int tooLong = Limits.ClientHelloBytesMax + 1;
            return TlsTalk.SendRawAsync(
                scene.Live(), [22, 3, 1, 0x40, 0, 1, 0, tooLong >> 8, tooLong & 0xff]);
        }),
        FailureRow.OfSent("a fragment of the ClientHello is empty", "unexpected_message", scene =>
            TlsTalk.SendRawAsync(scene.Live(), [22, 3, 1, 0, 0])),
        FailureRow.OfSent("a record is too long", "record_overflow", scene =>
            TlsTalk.SendRawAsync(scene.Live(), [22, 3, 1, 0x40, 1])),
        FailureRow.OfSent("the ClientHello is broken", "decode_error", scene =>
            TlsTalk.SendRawAsync(scene.Live(), [22, 3, 1, 0, 5, 1, 0, 0, 1, 3])),
        FailureRow.OfSent("the client speaks in clear text", "unexpected_message", scene =>
            TlsTalk.SendRawAsync(scene.Live(), "GET / HTTP/1.1\r\n\r\n"u8.ToArray())),
        new("the client speaks something else on a port that detects", "closed",
            FailureRow.Failure("downstream", "not-served", ""), scene =>
                TlsTalk.SendRawAsync(scene.Detecting().Live(), "SSH-2.0-x\r\n"u8.ToArray())),
        new("the client ends its half in mid handshake", "closed",
            FailureRow.Failure("downstream", "closed", ""), scene =>
                TlsTalk.SendRawAsync(scene.Live(), scene.Client().TakeHello()[..50], ends: true)),
        new("the ClientHello comes in many records", "200", FailureRow.Success("1.3"), FragmentAsync),
        new("every record comes byte by byte", "200", FailureRow.Success("1.3"), scene =>
            TlsTalk.AskAsync(scene.Live(), scene.Client(), pieceBytes: 1)),
        FailureRow.OfEndpoint(
            "the endpoint's authority is not trusted", "alert-sent", "unknown_ca", "upstream-untrusted",
            scene => AskEndpointAsync(scene, scene.Other.Issue("origin", [Origin]))),
        FailureRow.OfEndpoint(
            "the endpoint's certificate has expired", "alert-sent", "certificate_expired",
            "upstream-untrusted",
            scene => AskEndpointAsync(scene, scene.Authority.Issue("origin", [Origin], isExpired: true))),
        FailureRow.OfEndpoint(
            "the endpoint's certificate has not the hostname", "alert-sent", "bad_certificate",
            "upstream-untrusted",
            scene => AskEndpointAsync(scene, scene.Authority.Issue("origin", ["else.example"]))),
        FailureRow.OfEndpoint(
            "the endpoint's certificate has none of the subject names", "wrong-name", "",
            "upstream-untrusted",
            scene => AskEndpointAsync(scene, scene.Authority.Issue("origin", [Origin]),
                Policy with { SubjectNames = [new SubjectName(SubjectNameKind.Dns, "else.example")] })),
        FailureRow.OfEndpoint(
            "the endpoint speaks in clear text", "not-tls", "", "upstream-tls-failed",
            scene =>
            {
                EagerOrigin eager = scene.Own(new EagerOrigin("HTTP/1.1 200 OK\r\n\r\n"));
                return TlsTalk.AskAsync(scene.Trusting(Policy, eager.Port).Live(), scene.Client());
            }),
        new("the endpoint ends a body without close_notify", "200",
            "serval_exchanges_total{outcome=\"upstream-aborted\"}",
            scene => AskEndpointAsync(scene, scene.Authority.Issue("origin", [Origin]), cuts: true)),
    ];

    private static ClusterTls Policy => new() { Hostname = Origin, Authorities = ["test"] };

    public static TheoryData<string> Whats() => [.. Table.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Whats))]
    public async Task The_client_sees_what_the_table_says_and_its_series_counts_it(string what)
    {
        FailureRow row = Array.Find(Table, one => one.What == what)!;
        await using FailingScene scene = new();
        Assert.Equal(row.Seen, await row.Play(scene));
        await scene.Scene.UntilMetricAsync(row.Counted + " 1");
    }

    [Fact]
    public void The_table_of_the_documentation_has_these_rows()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "tls.md"));
        string[] documented =
        [
            .. text.Split('\n').SkipWhile(line => line != "## When a handshake fails")
                .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
                .TakeWhile(line => line.StartsWith('|')),
        ];
        string[] expected = [.. Table.Select(row => $"| {row.What} | `{row.Seen}` | `{row.Counted}` |")];
        Assert.True(
            documented.SequenceEqual(expected),
            "docs/tls.md, \"When a handshake fails\", should be:\n" + string.Join('\n', expected));
    }

    private static EndSecurity Tls12(EndSecurity context) => context.SpeakingTls12();

    private static async Task<string> AskEndpointAsync(
        FailingScene scene, IssuedPair shown, ClusterTls? policy = null, bool cuts = false)
    {
        string? response = cuts ? "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart" : null;
        TlsOrigin origin = scene.Own(new TlsOrigin(shown, response, cuts: cuts));
        return await TlsTalk.AskAsync(
            scene.Trusting(policy ?? Policy, origin.Port).Live(), scene.Client());
    }

    private static async Task<string> RenegotiateAsync(FailingScene scene)
    {
        TlsScene live = scene.Live();
        TlsEnd end = scene.Client(change: Tls12);
        using TcpClient client = new("127.0.0.1", live.Port);
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        Assert.Equal("200", await TlsTalk.ReadAsync(client.GetStream(), end));
        end.Renegotiate();
        return await TlsTalk.ReadAsync(client.GetStream(), end);
    }

    // Each byte of the hello in a record of its own (RFC 8446 §5.1).
    private static async Task<string> FragmentAsync(FailingScene scene)
    {
        TlsScene live = scene.Live();
        TlsEnd end = scene.Client();
        using TcpClient client = new("127.0.0.1", live.Port);
        byte[] hello = end.TakeHello();
        List<byte> records = [];
        foreach (byte octet in hello.AsSpan(5)) records.AddRange([22, 3, 1, 0, 1, octet]);
        await client.GetStream().WriteAsync(records.ToArray());
        end.Write(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        return await TlsTalk.ReadAsync(client.GetStream(), end);
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Serval.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
