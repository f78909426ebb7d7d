using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Driving;

/// <summary>What all client connections of a run have in common.</summary>
internal sealed record ClientPlan(SocketAddress4 Target, OutgoingMessage Request, long BodyBytes,
    bool ClosesConnections)
{
    /// <summary>TLS with the proxy; null for clear text.</summary>
    public TlsClients? Tls { get; init; }

    /// <summary>What connections begin with, for a proxy that passes TLS through; else empty.</summary>
    public byte[] Hello { get; init; } = [];

    public static ClientPlan For(Scenario scenario, SocketAddress4 target)
    {
        string method = scenario.UploadBytes > 0 ? "POST" : "GET";
        string close = scenario.ClosesConnections ? "Connection: close\r\n" : "";
        string host = scenario.Routes > 0 ? BenchHosts.Of(0) : BenchHosts.Plain;
        OutgoingMessage request = new(
            $"{method} /b/{scenario.BodyBytes}/{scenario.UploadBytes} HTTP/1.1\r\nHost: {host}\r\n"
            + $"User-Agent: serval-bench\r\nAccept: */*\r\n{close}",
            scenario.UploadBytes > 0 ? scenario.UploadBytes : -1, scenario.Routes);
        if (scenario.EndsTls && !request.IsWhole)
        {
            throw new FormatException("large uploads over TLS are not measured");
        }

        return new ClientPlan(target, request, scenario.BodyBytes, scenario.ClosesConnections)
        {
            Tls = scenario.EndsTls ? new TlsClients(scenario.Tls == TlsUse.Resumed) : null,
            Hello = scenario.Tls == TlsUse.PassedThrough ? new TlsClients(resumes: false).Hello() : [],
        };
    }
}
