using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>A client with OpenSSL in memory on a real socket, which says what it has seen.</summary>
internal static class TlsTalk
{
    private const int AlertRecord = 21;

    private static readonly Dictionary<int, string> AlertNames = new()
    {
        [10] = "unexpected_message",
        [20] = "bad_record_mac",
        [22] = "record_overflow",
        [40] = "handshake_failure",
        [42] = "bad_certificate",
        [45] = "certificate_expired",
        [47] = "illegal_parameter",
        [48] = "unknown_ca",
        [50] = "decode_error",
        [51] = "decrypt_error",
        [70] = "protocol_version",
        [80] = "internal_error",
        [86] = "inappropriate_fallback",
        [100] = "no_renegotiation",
        [112] = "unrecognized_name",
        [116] = "certificate_required",
        [120] = "no_application_protocol",
    };

    /// <summary>
    /// Asks once over TLS. The result is the status of the answer, the alert that came, <c>sends</c> and the
    /// alert that it has sent, or <c>closed</c>.
    /// </summary>
    /// <param name="scene">Where to.</param>
    /// <param name="end">Its TLS.</param>
    /// <param name="pieceBytes">Most bytes of one write; each is a packet of its own.</param>
    public static async Task<string> AskAsync(TlsScene scene, TlsEnd end, int pieceBytes = int.MaxValue)
    {
        using TcpClient client = new("127.0.0.1", scene.Port) { NoDelay = true };
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        return await ReadAsync(client.GetStream(), end, pieceBytes);
    }

    /// <summary>Reads until it is clear how things end.</summary>
    public static async Task<string> ReadAsync(
        NetworkStream stream, TlsEnd end, int pieceBytes = int.MaxValue)
    {
        StringBuilder text = new();
        while (true)
        {
            await SendAsync(stream, end.TakeWire(), pieceBytes);
            text.Append(Encoding.Latin1.GetString(end.TakePlain()));
            if (end.AlertReceived >= 0) return AlertNames[end.AlertReceived];
            if (end.IsFailed) return "sends " + AlertNames[end.AlertSent];
            string all = text.ToString();
            int at = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (at >= 0) return Describe(all[..at]);
            byte[] bytes = await ReceiveAsync(stream);
            if (bytes.Length == 0) return "closed";
            end.Feed(bytes);
        }
    }

    /// <summary>
    /// Sends bytes as they are; the result is the alert that comes in clear text, or <c>closed</c>.
    /// </summary>
    public static async Task<string> SendRawAsync(TlsScene scene, byte[] bytes, bool ends = false)
    {
        using TcpClient client = new("127.0.0.1", scene.Port) { NoDelay = true };
        NetworkStream stream = client.GetStream();
        await SendAsync(stream, bytes, int.MaxValue);
        if (ends) client.Client.Shutdown(SocketShutdown.Send);
        List<byte> all = [];
        while (await ReceiveAsync(stream) is { Length: > 0 } more) all.AddRange(more);
        return all.Count == 7 && all[0] == AlertRecord ? AlertNames[all[6]] : "closed";
    }

    private static string Describe(string head)
    {
        string status = head.Split(' ')[1];
        const string name = "X-Serval-Reason: ";
        int at = head.IndexOf(name, StringComparison.Ordinal);
        return at < 0 ? status : string.Create(
            CultureInfo.InvariantCulture, $"{status} {head[(at + name.Length)..].Split('\r')[0]}");
    }

    private static async Task SendAsync(NetworkStream stream, byte[] bytes, int pieceBytes)
    {
        try
        {
            for (int at = 0; at < bytes.Length; at += pieceBytes)
                await stream.WriteAsync(bytes.AsMemory(at, Math.Min(pieceBytes, bytes.Length - at)));
        }
        catch (IOException)
        {
            // Refused already; what was said of it can still be read.
        }
    }

    private static async Task<byte[]> ReceiveAsync(NetworkStream stream)
    {
        byte[] bytes = new byte[32_768];
        try
        {
            return bytes[..await stream.ReadAsync(bytes)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
