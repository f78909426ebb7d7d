using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tls;

// Who goes on, and in which order: sessions wait in rows, so that a turn does a bounded part of the work.
internal sealed unsafe partial class TlsSessions
{
    private const int None = -1;
    private int _handshakesHead = None;
    private int _handshakesTail = None;
    private int _blockedHead = None;
    private int _blockedTail = None;
    private int _newest = None;

    /// <summary>Whether a session waits for a part of a turn.</summary>
    public bool HasReady => _handshakesHead != None || _blockedHead != None;

    /// <summary>Sessions with a record to open that wait for a part of a turn.</summary>
    public int BlockedCount { get; private set; }

    /// <summary>The handshake that has been in progress for longest; -1 for none.</summary>
    public int OldestHandshake { get; private set; } = None;

    /// <summary>Handshakes of clients in progress.</summary>
    public int InProgress { get; private set; }

    /// <summary>Whether a record that waits could be opened now.</summary>
    public bool MayOpen(int slot, in SegmentQueue plain, int creditBytes) =>
        plain.Count <= 1 || plain.PinnedBytes + _slab[slot].Input.PinnedBytes < creditBytes;

    /// <summary>
    /// Lets a session go on in a later part of a turn: its handshake, or the opening of records.
    /// </summary>
    public void AddReady(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        if (session.Has(TlsFlags.IsReady)) return;
        session.Set(TlsFlags.IsReady);
        bool isEstablished = session.Has(TlsFlags.IsEstablished);
        ref int head = ref isEstablished ? ref _blockedHead : ref _handshakesHead;
        ref int tail = ref isEstablished ? ref _blockedTail : ref _handshakesTail;
        session.ReadyBefore = tail;
        session.ReadyAfter = None;
        if (tail != None) _slab[tail].ReadyAfter = slot;
        else head = slot;
        tail = slot;
        if (isEstablished) BlockedCount++;
    }

    /// <summary>Takes the handshake that has waited for longest.</summary>
    public bool TryTakeHandshake(out int slot) => TryTake(_handshakesHead, out slot);

    /// <summary>Takes the session with a record to open that has waited for longest.</summary>
    public bool TryTakeBlocked(out int slot) => TryTake(_blockedHead, out slot);

    /// <summary>Counts a handshake of a client as in progress.</summary>
    public void JoinProgress(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        session.Set(TlsFlags.IsInProgress);
        session.OlderHandshake = _newest;
        session.NewerHandshake = None;
        if (_newest != None) _slab[_newest].NewerHandshake = slot;
        else OldestHandshake = slot;
        _newest = slot;
        InProgress++;
    }

    /// <summary>Ends that, if it is so.</summary>
    public void LeaveProgress(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        if (!session.Has(TlsFlags.IsInProgress)) return;
        session.Unset(TlsFlags.IsInProgress);
        if (session.OlderHandshake != None)
            _slab[session.OlderHandshake].NewerHandshake = session.NewerHandshake;
        else OldestHandshake = session.NewerHandshake;
        if (session.NewerHandshake != None)
            _slab[session.NewerHandshake].OlderHandshake = session.OlderHandshake;
        else _newest = session.OlderHandshake;
        InProgress--;
    }

    private bool TryTake(int head, out int slot)
    {
        slot = head;
        if (head == None) return false;
        LeaveReady(head);
        return true;
    }

    private void LeaveReady(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        if (!session.Has(TlsFlags.IsReady)) return;
        session.Unset(TlsFlags.IsReady);
        bool isFirstBlocked = _blockedHead == slot;
        bool isLastBlocked = _blockedTail == slot;
        if (session.Has(TlsFlags.IsEstablished)) BlockedCount--;
        if (session.ReadyBefore != None) _slab[session.ReadyBefore].ReadyAfter = session.ReadyAfter;
        else if (isFirstBlocked) _blockedHead = session.ReadyAfter;
        else _handshakesHead = session.ReadyAfter;
        if (session.ReadyAfter != None) _slab[session.ReadyAfter].ReadyBefore = session.ReadyBefore;
        else if (isLastBlocked) _blockedTail = session.ReadyBefore;
        else _handshakesTail = session.ReadyBefore;
    }
}
