using System.Globalization;
using System.Text;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Http;

/// <summary>Writes messages as clients and upstreams send them.</summary>
internal static class MessageBytes
{
    public const string Trailer = "X-Trailer";

    /// <summary>A body behind its head; <paramref name="head"/> ends without the empty line.</summary>
    public static byte[] Compose(StringBuilder head, BodyPlan body, int owner, bool isResponse,
        bool hasBody, SeededRandom random)
    {
        if (body.Shape == BodyShape.Length)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        if (body.Shape == BodyShape.Chunked) head.Append("Transfer-Encoding: chunked\r\n");
        head.Append("\r\n");
        using MemoryStream message = new();
        message.Write(Encoding.Latin1.GetBytes(head.ToString()));
        if (!hasBody || body.Shape == BodyShape.None) return message.ToArray();
        byte[] bytes = BodyBytes.Of(owner, isResponse, body.Length);
        if (body.Shape == BodyShape.Chunked) AddChunks(message, bytes, body, owner, random);
        else message.Write(bytes);
        return message.ToArray();
    }

    private static void AddChunks(MemoryStream message, byte[] bytes, BodyPlan body, int owner,
        SeededRandom random)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int size = Math.Min(random.Between(1, body.ChunkMax), bytes.Length - at);
            string zeros = random.Chance(100) ? "00" : "";
            string extension = body.HasExtensions && random.Chance(100) ? ";e=\"v\"" : "";
            Write(message, string.Create(CultureInfo.InvariantCulture, $"{zeros}{size:x}{extension}\r\n"));
            message.Write(bytes, at, size);
            Write(message, "\r\n");
            at += size;
        }

        Write(message, "0\r\n");
        if (body.HasTrailers)
            Write(message, string.Create(CultureInfo.InvariantCulture, $"{Trailer}: {owner}\r\n"));
        Write(message, "\r\n");
    }

    private static void Write(MemoryStream message, string text) =>
        message.Write(Encoding.Latin1.GetBytes(text));
}
