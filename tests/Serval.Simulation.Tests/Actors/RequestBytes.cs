using System.Globalization;
using System.Text;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>The bytes of a planned request.</summary>
internal static class RequestBytes
{
    public static byte[] Compose(ExchangePlan plan, SeededRandom random)
    {
        if (plan.ClientFault == ClientFault.Garbles)
        {
            return Encoding.ASCII.GetBytes(random.Pick(
                "GET / HTTP/1.1\r\nHost: a.example\r\nno colon\r\n\r\n", "hello\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"));
        }

        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture,
            $"{plan.Method} {plan.Path} HTTP/1.{(plan.IsHttp10 ? 0 : 1)}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Host: a.example\r\nX-Client: {plan.Id}\r\n");
        head.Append("X-Padding: ").Append('q', plan.PaddingBytes).Append("\r\nX-Hop: secret\r\n");
        if (plan.IsUpgrade) head.Append("Connection: upgrade, x-hop\r\nUpgrade: echo\r\n");
        else if (plan.WantsClose) head.Append("Connection: close, x-hop\r\n");
        else head.Append(plan.IsHttp10 ? "Connection: keep-alive, x-hop\r\n" : "Connection: x-hop\r\n");
        return MessageBytes.Compose(head, plan.Request, plan.Id, isResponse: false, hasBody: true, random);
    }
}
