using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Serval.CommandLine.Echo;

/// <summary>Echoes WebSocket messages (RFC 6455).</summary>
internal static class EchoSocket
{
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3

    /// <summary>Whether a request asks for a WebSocket.</summary>
    public static bool IsAsked(HttpContext http) =>
        http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && http.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Accepts, then sends every message back until the client closes.</summary>
    public static async Task EchoAsync(HttpContext http)
    {
        string key = http.Request.Headers.SecWebSocketKey.ToString();
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketAccept =
            Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
        await using Stream stream = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>()
            .UpgradeAsync();
        using WebSocket socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true });

        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(
                buffer.AsMemory(), http.RequestAborted);
            if (part.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(
                buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, http.RequestAborted);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }
}
