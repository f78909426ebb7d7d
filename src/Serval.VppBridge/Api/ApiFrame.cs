using System.Buffers.Binary;
using System.Net.Sockets;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>Frames on the API socket: eight bytes without meaning, the length, four bytes without
/// meaning.</summary>
internal static class ApiFrame
{
    public const int HeaderBytes = 16;

    public static byte[] Wrap(ReadOnlySpan<byte> message)
    {
        var frame = new byte[HeaderBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), (uint)message.Length);
        message.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>The next message, or null when the other side has closed.</summary>
    public static async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancel)
    {
        var header = new byte[HeaderBytes];
        if (!await FillAsync(socket, header, cancel).ConfigureAwait(false))
            return null;

        // VPP leaves a pointer of its own in the first eight bytes.
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        if (length is < 2 or > Limits.ApiMessageBytesMax)
            throw new VppException(VppFault.Away, $"VPP announced a message of {length} bytes");
        var message = new byte[length];
        return await FillAsync(socket, message, cancel).ConfigureAwait(false) ? message : null;
    }

    private static async Task<bool> FillAsync(Socket socket, byte[] buffer, CancellationToken cancel)
    {
        for (int filled = 0; filled < buffer.Length;)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(filled), cancel).ConfigureAwait(false);
            if (count == 0)
                return false;
            filled += count;
        }

        return true;
    }
}
