namespace Serval.DataPlane.Rings;

/// <summary><c>enum io_uring_op</c>, those in use.</summary>
internal enum Opcode : byte
{
    Nop = 0,
    PollAdd = 6,
    SendMessage = 9,
    Accept = 13,
    AsyncCancel = 14,
    Connect = 16,
    Close = 19,
    Read = 22,
    Send = 26,
    Receive = 27,
    Shutdown = 34,
    Socket = 45,
    UringCommand = 46,
}
