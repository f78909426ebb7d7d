using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Driving;

/// <summary>What all client connections of a run have in common.</summary>
internal sealed record ClientPlan(SocketAddress4 Target, OutgoingMessage Request, long BodyBytes,
    bool ClosesConnections)
{
    public static ClientPlan For(Scenario scenario, SocketAddress4 target)
    {
        string method = scenario.UploadBytes > 0 ? "POST" : "GET";
        string close = scenario.ClosesConnections ? "Connection: close\r\n" : "";
        string host = scenario.Routes > 0 ? BenchHosts.Of(0) : "bench.example";
        OutgoingMessage request = new(
            $"{method} /b/{scenario.BodyBytes}/{scenario.UploadBytes} HTTP/1.1\r\nHost: {host}\r\n"
            + $"User-Agent: serval-bench\r\nAccept: */*\r\n{close}",
            scenario.UploadBytes > 0 ? scenario.UploadBytes : -1, scenario.Routes);
        return new ClientPlan(target, request, scenario.BodyBytes, scenario.ClosesConnections);
    }
}
