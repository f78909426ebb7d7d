namespace Serval.DataPlane.Rings;

/// <summary>The kinds of operations a worker submits.</summary>
internal enum TokenKind : byte
{
    None,
    Accept,
    Connect,
    Receive,
    Send,
    Shutdown,
    Cancel,
    Close,
    Option,
    Wake,
    Unacknowledged,
    Unread,
    Watch,
}
