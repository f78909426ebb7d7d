using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Stats;

/// <summary>Takes the descriptor of the stats segment from VPP's socket. .NET's Socket cannot receive
/// descriptors, so one recvmsg is called here.</summary>
internal static unsafe partial class StatsSocket
{
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgCmsgCloexec = 0x40000000;
    private const int ControlBytes = 20;

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
        ControlMessage control = default;
        var vector = new IoVector { Base = &payload, Length = 1 };
        var message = new MessageHeader
        {
            Vectors = &vector,
            VectorsCount = 1,
            Control = &control,

            // Room for one descriptor and no more: the kernel closes what does not fit.
            ControlBytes = ControlBytes,
        };
        nint count = ReceiveMessage((int)socket.Handle, &message, MsgCmsgCloexec);
        if (count < 0 || control.Length != ControlBytes || control.Level != SolSocket
            || control.Type != ScmRights)
        {
            throw new VppException(
                VppFault.Away, $"{path} handed over no segment (errno {Marshal.GetLastPInvokeError()})");
        }

        return new SafeFileHandle(control.Descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    // struct msghdr of Linux on 64-bit machines: 56 bytes.
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public void* Name;
        public uint NameBytes;
        public IoVector* Vectors;
        public nuint VectorsCount;
        public void* Control;
        public nuint ControlBytes;
        public int Flags;
    }

    // struct cmsghdr with one descriptor: 24 bytes with the padding of CMSG_SPACE.
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    internal struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
