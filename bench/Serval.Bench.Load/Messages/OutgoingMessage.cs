using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Serval.Bench.Load.Kernel;
using Tmds.Linux;

namespace Serval.Bench.Load.Messages;

/// <summary>
/// A request or response ready to send any number of times: the head, with a small body behind it, in one
/// piece; a large body from a memory file by sendfile, which spares the generator the copying that it is not
/// there for.
/// </summary>
/// <remarks>
/// Owner: whoever sends it. Thread: one, since the id is patched in place. Lives as long as the process.
/// </remarks>
internal sealed unsafe class OutgoingMessage
{
    private const long BodyFileBytes = 16 * 1024 * 1024;
    private const int InlineBodyBytesMax = 16 * 1024;
    private const string IdPlace = "X-Bench-Id: 00000000\r\n";

    private static readonly int BodyFile = CreateBodyFile();

    private readonly byte* _piece;
    private readonly int _pieceBytes;
    private readonly int _idOffset;
    private readonly long _tailBytes;
    private readonly int _routes;
    private readonly int _hostOffset;

    /// <param name="startLine">Request or status line and fixed fields, each with its line end.</param>
    /// <param name="bodyBytes">Size of the body, or -1 for none and no Content-Length.</param>
    /// <param name="routes">
    /// Above 0 the Host is that of a route, another one with every id; see <see cref="BenchHosts"/>.
    /// </param>
    public OutgoingMessage(string startLine, long bodyBytes, int routes = 0)
    {
        string length = bodyBytes >= 0 ? $"Content-Length: {bodyBytes}\r\n" : "";
        byte[] head = Encoding.ASCII.GetBytes($"{startLine}{length}{IdPlace}\r\n");
        bool isInline = bodyBytes <= InlineBodyBytesMax;
        int inlineBytes = isInline ? (int)Math.Max(0, bodyBytes) : 0;
        _tailBytes = isInline ? 0 : bodyBytes;
        _pieceBytes = head.Length + inlineBytes;
        _piece = (byte*)NativeMemory.AlignedAlloc((nuint)_pieceBytes, 64);
        head.CopyTo(new Span<byte>(_piece, head.Length));
        Pattern.Fill(new Span<byte>(_piece + head.Length, inlineBytes), 0);
        _routes = routes;
        _hostOffset = routes > 0 ? BenchHosts.FindDigits(head) : 0;
        _idOffset = head.Length - 2 - 2 - 8; // before the two line ends: eight digits
    }

    /// <summary>The bytes as they go out, without a large body; for tests.</summary>
    public ReadOnlySpan<byte> Piece => new(_piece, _pieceBytes);

    /// <summary>Whether all of it is in one piece.</summary>
    public bool IsWhole => _tailBytes == 0;

    /// <summary>The one piece, with an id in it; good until the next.</summary>
    public ReadOnlySpan<byte> PieceOf(uint id)
    {
        PatchId(id);
        return Piece;
    }

    /// <summary>Sends from <paramref name="sent"/> on, as much as the socket takes.</summary>
    public SendOutcome Send(int descriptor, uint id, ref long sent)
    {
        if (sent < _pieceBytes)
        {
            PatchId(id);
            int flags = LibC.MSG_NOSIGNAL | (_tailBytes > 0 ? LibC.MSG_MORE : 0);
            long count = LibC.send(descriptor, _piece + sent, (size_t)(ulong)(_pieceBytes - sent), flags);
            if (count < 0)
            {
                return Blocked();
            }

            sent += count;
            if (sent < _pieceBytes)
            {
                return SendOutcome.Blocked;
            }
        }

        while (sent < _pieceBytes + _tailBytes)
        {
            // A body larger than the file begins anew at its end.
            long offset = (sent - _pieceBytes) % BodyFileBytes;
            nint left = (nint)Math.Min(_pieceBytes + _tailBytes - sent, BodyFileBytes - offset);
            nint count = Sockets.SendFile(descriptor, BodyFile, &offset, left);
            if (count <= 0)
            {
                return count < 0 ? Blocked() : SendOutcome.Failed;
            }

            sent += count;
        }

        return SendOutcome.Done;
    }

    internal void PatchId(uint id)
    {
        Utf8Formatter.TryFormat(id, new Span<byte>(_piece + _idOffset, 8), out _, new('x', 8));
        if (_routes > 0)
        {
            BenchHosts.WriteDigits(BenchHosts.RouteOf(id, _routes),
                new Span<byte>(_piece + _hostOffset, BenchHosts.Digits));
        }
    }

    private static SendOutcome Blocked() =>
        Marshal.GetLastPInvokeError() == LibC.EAGAIN ? SendOutcome.Blocked : SendOutcome.Failed;

    private static int CreateBodyFile()
    {
        int file;
        fixed (byte* name = "bench-body\0"u8)
            file = Sockets.Check(LibC.memfd_create(name, 0), "memfd_create");
        byte[] body = new byte[BodyFileBytes];
        Pattern.Fill(body, 0);
        fixed (byte* bytes = body)
        {
            for (long written = 0; written < body.Length;)
            {
                long count = LibC.write(file, bytes + written, (size_t)(ulong)(body.Length - written));
                written += Sockets.Check((int)count, "write");
            }
        }

        return file;
    }
}
