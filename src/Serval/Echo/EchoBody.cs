using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Serval.CommandLine.Echo;

/// <summary>Takes bodies in and sends them out, a buffer at a time.</summary>
internal static class EchoBody
{
    private const int TextBytesMax = 4_096;
    private const int BufferBytes = 64 * 1024;

    // Byte i of /bytes/N is i modulo 251, a prime, so that a lost or doubled block of any usual size shows.
    private const int PatternModulus = 251;
    private static readonly byte[] Pattern = CreatePattern();

    /// <summary>Reads the body to its end.</summary>
    public static async Task<ReceivedBody> ReceiveAsync(HttpContext http)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using MemoryStream start = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        long length = 0;
        int count;
        while ((count = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
            if (length <= TextBytesMax)
                start.Write(buffer, 0, count);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        string? text = length <= TextBytesMax ? Encoding.UTF8.GetString(start.ToArray()) : null;
        return new ReceivedBody(length, Convert.ToHexStringLower(hash.GetHashAndReset()), text);
    }

    /// <summary>Sends the body back while it arrives.</summary>
    public static async Task MirrorAsync(HttpContext http)
    {
        http.Response.ContentType = http.Request.ContentType ?? "application/octet-stream";
        http.Response.ContentLength = http.Request.ContentLength; // chunked when the request is
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        int count;
        while ((count = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Sends that many bytes; chunked when the query says <c>chunked</c>.</summary>
    public static async Task SendAsync(HttpContext http, long count)
    {
        http.Response.ContentType = "application/octet-stream";
        if (http.Request.QueryString.Value != "?chunked")
            http.Response.ContentLength = count;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        for (long sent = 0; sent < count; sent += Pattern.Length)
        {
            int size = (int)Math.Min(Pattern.Length, count - sent);
            await http.Response.Body.WriteAsync(Pattern.AsMemory(0, size), http.RequestAborted);
        }
    }

    private static byte[] CreatePattern()
    {
        byte[] pattern = new byte[PatternModulus * 256];
        for (int i = 0; i < pattern.Length; i++)
            pattern[i] = (byte)(i % PatternModulus);
        return pattern;
    }
}
