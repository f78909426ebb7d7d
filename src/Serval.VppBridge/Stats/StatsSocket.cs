using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Serval.VppBridge.Transports;
using Tmds.Linux;

namespace Serval.VppBridge.Stats;

/// <summary>Takes the descriptor of the stats segment from VPP's socket. .NET's Socket cannot receive
/// descriptors, so one recvmsg is called here.</summary>
internal static unsafe class StatsSocket
{
    // A message with one descriptor, cmsg(3). The package's CMSG_LEN counts the padding too, which would make
    // room for a second one.
    private const int ControlBytes = 16 + sizeof(int);
    private const int ControlWords = 3;

    public static SafeFileHandle Receive(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        socket.ReceiveTimeout = (int)Limits.ConnectTimeout.TotalMilliseconds;
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            throw new VppException(VppFault.Away, $"cannot connect to {path}: {e.Message}", e);
        }

        return ReceiveDescriptor(socket, path);
    }

    // Every pointer below is to a local of this frame, which outlives the call.
    private static SafeFileHandle ReceiveDescriptor(Socket socket, string path)
    {
        byte payload = 0;
        ulong* control = stackalloc ulong[ControlWords];
        iovec vector = new() { iov_base = &payload, iov_len = 1 };
        msghdr message = new()
        {
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = control,

            // Room for one descriptor and no more: the kernel closes what does not fit.
            msg_controllen = ControlBytes,
        };
        long count = LibC.recvmsg((int)socket.Handle, &message, LibC.MSG_CMSG_CLOEXEC);
        cmsghdr* first = (cmsghdr*)control;
        if (count < 0 || first->cmsg_len != ControlBytes
            || first->cmsg_level != LibC.SOL_SOCKET || first->cmsg_type != LibC.SCM_RIGHTS)
        {
            throw new VppException(
                VppFault.Away, $"{path} handed over no segment (errno {Marshal.GetLastPInvokeError()})");
        }

        return new SafeFileHandle(*(int*)LibC.CMSG_DATA(first), ownsHandle: true);
    }
}
