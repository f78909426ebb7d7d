using System.Globalization;
using System.Text;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>The bytes of a planned response.</summary>
internal static class UpstreamAnswer
{
    /// <summary>A response without a body cannot be framed by the end of the connection.</summary>
    public static BodyShape ShapeOf(ExchangePlan plan) =>
        plan.IsBodiless || plan.IsUpgrade ? BodyShape.None : plan.Response.Shape;

    public static byte[] Compose(ExchangePlan plan, SeededRandom random)
    {
        if (plan.UpstreamFault == UpstreamFault.BreaksHead) return Broken(random);
        StringBuilder head = new();
        int interims = plan.UpstreamFault == UpstreamFault.FloodsInterims ? 40 : plan.Interims;
        for (int i = 0; i < interims; i++) head.Append("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
        head.Append(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {(plan.IsUpgrade ? 101 : plan.Status)} Word\r\n");
        head.Append(CultureInfo.InvariantCulture, $"X-Exchange: {plan.Id}\r\n");
        head.Append("X-Padding: ").Append('p', plan.PaddingBytes).Append("\r\n");
        head.Append("Keep-Alive: timeout=5\r\nX-Hop: secret\r\n");
        if (plan.IsUpgrade) head.Append("Connection: upgrade, x-hop\r\nUpgrade: echo\r\n");
        else head.Append(plan.UpstreamCloses ? "Connection: close, x-hop\r\n" : "Connection: x-hop\r\n");
        BodyPlan body = plan.IsUpgrade || plan.Status == 204 ? BodyPlan.None : plan.Response;
        byte[] response = MessageBytes.Compose(head, body, plan.Id, isResponse: true, !plan.IsBodiless,
            random);
        if (plan.UpstreamFault != UpstreamFault.BreaksChunk) return response;
        int end = response.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        return [.. response[..end], .. "xyz\r\n"u8];
    }

    private static byte[] Broken(SeededRandom random) => random.Pick(
        "HTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n") is { } text ? Encoding.ASCII.GetBytes(text) : [];
}
