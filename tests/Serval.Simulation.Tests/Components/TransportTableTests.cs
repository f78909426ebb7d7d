using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tests.Tls;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>Transports by themselves: nobody above them knows a protocol.</summary>
public sealed class TransportTableTests
{
    private const string Text = "any bytes at all";

    [Fact]
    public void Bytes_come_in_and_go_out()
    {
        using TransportBench bench = new();
        (int slot, TcpConnection peer) = bench.Connect(0);
        peer.PeerWrite(Encoding.Latin1.GetBytes(Text));
        bench.RunUntil(() => bench.Input(slot).Length == Text.Length);
        Assert.Equal(Text, bench.Input(slot));
        Assert.Equal(Text.Length, bench.Table.InputBytes(slot));

        Assert.True(bench.Table.Segments.TryAppendCopy(ref bench.Table[slot].Output, "answer"u8));
        bench.Table.Flush(slot);
        StringBuilder read = new();
        bench.RunUntil(() => read.Append(TransportBench.Read(peer)).ToString() == "answer");
        Assert.Equal("answer".Length, bench.Table[slot].SentBytes);
    }

    // One end stops reading: what comes in at the other waits in the kernel, and the memory of both is
    // bounded.
    [Fact]
    public void Of_a_pair_the_faster_one_is_held_back()
    {
        using TransportBench bench = new();
        (int fast, TcpConnection writer) = bench.Connect(0);
        (int slow, TcpConnection reader) = bench.Connect(1);
        bench.Table.Pair(fast, slow);
        bench.OnInput = slot => Move(bench, slot);
        byte[] part = new byte[20_000];
        int written = 0;
        for (int i = 0; i < 500; i++)
        {
            if (writer.ToRouter.Room >= part.Length)
            {
                writer.PeerWrite(part);
                written += part.Length;
            }

            int turns = 0;
            bench.RunUntil(() => turns++ == 3);
        }

        Assert.False(HasReceive(bench, fast));
        Assert.True(bench.Table.Buffers.Available > 16, "one pair holds most of the memory");
        Assert.True(written < 500 * part.Length);

        int read = 0;
        bench.RunUntil(() =>
        {
            read += TransportBench.Read(reader).Length;
            if (bench.Table.HasRoom(slow))
            {
                Move(bench, fast);
                bench.Table.Arm(fast);
            }

            return read == written;
        });
    }

    [Fact]
    public void A_lingering_transport_drops_what_comes_and_ends_when_nothing_does()
    {
        using TransportBench bench = new();
        (int slot, TcpConnection peer) = bench.Connect(0);
        bench.Table.Linger(slot);
        bench.RunUntil(() => peer.ToPeer.IsEndVisible);
        peer.PeerWrite(Encoding.Latin1.GetBytes(Text));
        bench.RunUntil(() => bench.Table[slot].Skipped == Limits.LingerBytesMax - Text.Length);
        Assert.Equal("", bench.Input(slot));
        bench.RunUntil(() => bench.Table.Leased == 0);
        // The close itself is submitted with the next turn.
        bench.RunUntil(() => peer.IsRouterClosed);
    }

    [Fact]
    public void A_lingering_transport_drops_up_to_its_bound_and_is_closed_behind_it()
    {
        using TransportBench bench = new();
        (int slot, TcpConnection peer) = bench.Connect(0);
        bench.Table.Linger(slot);
        bench.Table[slot].Skipped = Text.Length;
        peer.PeerWrite(Encoding.Latin1.GetBytes(Text));
        bench.RunUntil(() => bench.Table[slot].Skipped == 0);
        Assert.Equal(TransportState.Lingering, bench.Table[slot].State);
        Assert.Equal(0, bench.Counters.Read(Counter.LimitLingerBytes));
        peer.PeerWrite("x"u8);
        bench.RunUntil(() => bench.Table.Leased == 0);
        Assert.Equal(1, bench.Counters.Read(Counter.LimitLingerBytes));
    }

    [Fact]
    public void However_long_a_peer_goes_on_a_lingering_transport_is_closed_in_the_end()
    {
        using TransportBench bench = new();
        (int slot, TcpConnection peer) = bench.Connect(0);
        bench.Table.Linger(slot);
        long endMs = bench.NowMs + Limits.LingerMs;
        while (bench.Table.Leased > 0)
        {
            peer.PeerWrite("x"u8);
            bench.Run(Limits.LingerIdleMs / 4);
            Assert.InRange(bench.NowMs, 0, endMs + Limits.LingerIdleMs);
        }

        Assert.True(bench.NowMs >= endMs);
    }

    [Theory]
    [InlineData(TransportFlags.IsInputEnded)]
    [InlineData(TransportFlags.IsSendBroken)]
    internal void One_whose_peer_has_gone_does_not_linger(TransportFlags gone)
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        bench.Table[slot].Set(gone);
        bench.Table.Linger(slot);
        Assert.Equal(TransportState.Closing, bench.Table[slot].State);
        bench.RunUntil(() => bench.Table.Leased == 0);
    }

    // The share of memory of this bench is eleven buffers.
    [Fact]
    public void A_transport_is_full_at_its_credit_and_has_room_at_a_quarter_of_it()
    {
        using ComponentBench bench = new(wholeBuffers: 1_024);
        TransportTable<SimulatedRing> table = bench.Table;
        Assert.True(table.TryLease(TransportState.Open, origin: 0, out int slot));
        Wait(table, slot, whole: 2, small: 6);
        Assert.True(table.HasRoom(slot));
        Wait(table, slot, whole: 0, small: 1);
        Assert.False(table.HasRoom(slot));
        Wait(table, slot, whole: 8, small: 0);
        Assert.False(table.IsFull(slot));
        Wait(table, slot, whole: 0, small: 1);
        Assert.True(table.IsFull(slot));
    }

    [Theory]
    [InlineData(86, false)]
    [InlineData(85, true)]
    public void Where_next_to_nothing_is_free_a_small_buffer_is_all_that_may_wait(int free, bool isFull)
    {
        using ComponentBench bench = new(wholeBuffers: 1_024);
        TransportTable<SimulatedRing> table = bench.Table;
        Assert.True(table.TryLease(TransportState.Open, origin: 0, out int slot));
        while (table.Buffers.Available > free) Assert.True(table.Buffers.TryLease(out _));
        table.ProvideBuffers();
        Assert.False(table.IsFull(slot));
        Wait(table, slot, whole: 0, small: 1);
        Assert.Equal(isFull, table.IsFull(slot));
    }

    // It has its turn when there are buffers again, and not before those that have waited for longer.
    [Fact]
    public void One_that_waits_for_a_buffer_asks_for_none()
    {
        using ComponentBench bench = new();
        Assert.True(bench.Table.TryLease(TransportState.Open, origin: 0, out int slot));
        Completion refused = Refused(bench.Table, slot);
        Assert.False(bench.Table.TakeReceived(slot, in refused, out _));
        bench.Table.Arm(slot);
        Assert.Equal(TransportFlags.IsStarved, bench.Table[slot].Flags);
        Assert.Equal(0, bench.Table[slot].InFlight);
    }

    [Fact]
    public void One_that_is_closed_waits_for_no_buffer()
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        bench.Table.Close(slot);
        Completion refused = Refused(bench.Table, slot);
        Assert.False(bench.Table.TakeReceived(slot, in refused, out _));
        Assert.False(bench.Table[slot].Has(TransportFlags.IsStarved));
        Assert.Equal(0, bench.Counters.Read(Counter.ReceivesStarved));
        bench.RunUntil(() => bench.Table.Leased == 0);
    }

    // They wait in a row, which must stay whole.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_that_waits_for_a_buffer_and_is_closed_leaves_the_others_their_turn(int closed)
    {
        using TransportBench bench = new(wholeBuffers: 4);
        (int Slot, TcpConnection Peer)[] ends =
            [bench.Connect(0), bench.Connect(1), bench.Connect(2), bench.Connect(3)];
        BufferPool buffers = bench.Table.Buffers;
        Stack<int> held = [];
        while (buffers.TryLease(out int buffer) || buffers.TryLeaseForAnswer(out buffer)) held.Push(buffer);
        // The first takes what the kernel has.
        bench.RunUntil(() =>
        {
            if (ends[0].Peer.ToRouter.Room >= 4_000) ends[0].Peer.PeerWrite(new byte[4_000]);
            return !bench.Table[ends[0].Slot].Has(TransportFlags.IsReceiving);
        });
        for (int i = 1; i < ends.Length; i++)
        {
            ends[i].Peer.PeerWrite("any"u8);
            bench.RunUntil(() => IsStarved(i));
        }

        bench.Table.Close(ends[closed].Slot);
        bench.RunUntil(() => bench.Table.Leased == ends.Length - 1);
        while (held.TryPop(out int buffer)) buffers.Release(buffer);
        bench.RunUntil(() => Enumerable.Range(0, ends.Length)
            .All(i => i == closed || bench.Input(ends[i].Slot).Length > 0));

        bool IsStarved(int end) => bench.Table[ends[end].Slot].Has(TransportFlags.IsStarved);
    }

    // Who holds most is cut first when memory is short.
    [Fact]
    public void Where_TLS_is_spoken_sealed_bytes_are_held_as_plain_ones_are()
    {
        using TestAuthority authority = new();
        using EndSecurity security = EndSecurity.ForClients(authority);
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        TransportTable<SimulatedRing> table = bench.Table;
        Assert.Equal(0, table.HeldBytes(slot));
        Assert.True(table.TrySecure(slot, security.Handle, isClient: true));
        byte[] bytes = Encoding.Latin1.GetBytes(Text);
        Assert.True(table.Segments.TryAppendCopy(ref table[slot].Input, bytes));
        long each = table.HeldBytes(slot);
        Assert.True(each >= bytes.Length);
        Assert.True(table.Segments.TryAppendCopy(ref table[slot].Output, bytes));
        Assert.Equal(2 * each, table.HeldBytes(slot));
        Assert.True(table.Segments.TryAppendCopy(ref table.Sessions[slot].Input, bytes));
        Assert.Equal(3 * each, table.HeldBytes(slot));
        Assert.True(table.Segments.TryAppendCopy(ref table.Sessions[slot].Output, bytes));
        Assert.Equal(4 * each, table.HeldBytes(slot));
        table.Close(slot);
        Assert.Equal(0, table.HeldBytes(slot));
        bench.RunUntil(() => table.Leased == 0);
    }

    // A receive that goes on by itself would fill buffers with records that nobody can open yet.
    [Fact]
    public void Where_TLS_is_spoken_nothing_more_is_received_while_a_record_waits_for_room()
    {
        using TestAuthority authority = new();
        using EndSecurity security = EndSecurity.ForClients(authority);
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        Assert.True(bench.Table.TrySecure(slot, security.Handle, isClient: true));
        bench.Table.GoOn(slot);
        Assert.Equal(0, bench.Counters.Read(Counter.ReceivesPaused));
        bench.Table.Sessions[slot].Set(TlsFlags.IsBlocked);
        bench.Table.GoOn(slot);
        Assert.Equal(1, bench.Counters.Read(Counter.ReceivesPaused));
        Assert.True(bench.Table[slot].Has(TransportFlags.IsPausing));
        bench.Table.Close(slot);
        bench.RunUntil(() => bench.Table.Leased == 0);
    }

    [Fact]
    public void A_slot_is_free_once_the_kernel_has_given_everything_back()
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        bench.Table.Close(slot);
        bench.Table.FreeQuiet();
        Assert.Equal(1, bench.Table.Leased);
        bench.RunUntil(() => bench.Table.Leased == 0);
    }

    [Fact]
    public void What_completes_for_an_earlier_life_of_a_slot_reaches_nobody()
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        Completion late = new(
            new Token(TokenKind.Receive, slot, bench.Table[slot].Generation), 0, -1, HasMore: false);
        bench.Table.Close(slot);
        bench.RunUntil(() => bench.Table.Leased == 0);
        Assert.False(bench.Table.TryComplete(in late));
        Assert.True(bench.Table.TryLease(TransportState.Open, origin: 0, out int again));
        Assert.Equal(slot, again);
        Assert.False(bench.Table.TryComplete(in late));
        Assert.Equal(2, bench.Counters.Read(Counter.StaleCompletions));
        // What it has brought goes back.
        Assert.True(bench.Table.Buffers.TryLease(out int buffer));
        int available = bench.Table.Buffers.Available;
        Completion withBytes = late with { Result = 3, Buffer = buffer };
        Assert.False(bench.Table.TryComplete(in withBytes));
        Assert.Equal(available + 1, bench.Table.Buffers.Available);
    }

    [Fact]
    public void Those_that_are_closed_to_make_room_are_counted_until_their_slots_are_free()
    {
        using TransportBench bench = new();
        (int evicted, _) = bench.Connect(0);
        (int other, _) = bench.Connect(1);
        bench.Table.MarkEvicted(evicted);
        bench.Table.Close(other);
        bench.RunUntil(() => bench.Table.Leased == 1);
        Assert.Equal(1, bench.Table.Evicting);
        bench.Table.Close(evicted);
        Assert.Equal(1, bench.Table.Evicting);
        bench.RunUntil(() => bench.Table.Leased == 0);
        Assert.Equal(0, bench.Table.Evicting);
    }

    // What is left is for those that hold memory already, and for Serval's own answers. A few buffers always
    // go to the kernel, so that whoever holds none is heard.
    [Fact]
    public void The_kernel_gets_buffers_down_to_a_reserve_and_a_few_of_that()
    {
        const int waiting = 2 * Limits.ProvidedBuffersLow;
        const int count = 1_024;
        using ComponentBench bench = new(slots: waiting, wholeBuffers: count);
        TransportTable<SimulatedRing> table = bench.Table;
        BufferPool buffers = table.Buffers;
        Assert.Equal(count - Limits.ProvidedBuffersLow, buffers.Available);
        for (int i = 0; i < waiting; i++)
        {
            Assert.True(table.TryLease(TransportState.Open, origin: 0, out int slot));
            Completion refused = Refused(table, slot);
            table.TakeReceived(slot, in refused, out _);
        }

        // Those that wait have one each.
        table.ProvideBuffers();
        Assert.Equal(count - waiting, buffers.Available);

        const int reserve = count / 8;
        Stack<int> held = [];
        while (buffers.Available > reserve && buffers.TryLease(out int buffer)) held.Push(buffer);
        Use(table, waiting - Limits.ProvidedBuffersLow + 1);
        table.ProvideBuffers();
        Assert.Equal(reserve - 1, buffers.Available);
        table.ProvideBuffers();
        Assert.Equal(reserve - 1, buffers.Available);

        buffers.Release(held.Pop());
        table.ProvideBuffers();
        Assert.Equal(reserve, buffers.Available);
        buffers.Release(held.Pop());
        table.ProvideBuffers();
        Assert.Equal(reserve, buffers.Available);
    }

    private static Completion Refused(TransportTable<SimulatedRing> table, int slot) => new(
        new Token(TokenKind.Receive, slot, table[slot].Generation), -Errno.Nobufs, -1, HasMore: false);

    // A byte in each of so many buffers.
    private static void Wait(TransportTable<SimulatedRing> table, int slot, int whole, int small)
    {
        for (int i = 0; i < whole + small; i++)
        {
            Assert.True(i < whole
                ? table.Buffers.TryLease(out int buffer) : table.Buffers.TryLeaseSmall(out buffer));
            table.Segments.Append(ref table[slot].Output, buffer, 0, 1);
        }
    }

    [Fact]
    public void The_kernel_gets_no_more_buffers_than_their_bound_however_many_wait()
    {
        const int waiting = Limits.ProvidedBuffers + 1;
        const int count = 4 * Limits.ProvidedBuffers;
        using ComponentBench bench = new(slots: waiting, wholeBuffers: count);
        for (int i = 0; i < waiting; i++)
        {
            Assert.True(bench.Table.TryLease(TransportState.Open, origin: 0, out int slot));
            Completion refused = Refused(bench.Table, slot);
            bench.Table.TakeReceived(slot, in refused, out _);
        }

        bench.Table.ProvideBuffers();
        Assert.Equal(count - Limits.ProvidedBuffers, bench.Table.Buffers.Available);
    }

    private static void Use(TransportTable<SimulatedRing> table, int buffers)
    {
        for (int i = 0; i < buffers; i++) table.NoteProvided();
    }

    private static void Move(TransportBench bench, int from)
    {
        ref Transport source = ref bench.Table[from];
        if (source.Opposite < 0) return;
        int to = source.Opposite;
        ref Transport target = ref bench.Table[to];
        while (!source.Input.IsEmpty && !bench.Table.IsFull(to))
        {
            ref Segment first = ref bench.Table.Segments.First(ref source.Input);
            bench.Table.Buffers.AddReference(first.Buffer);
            int length = first.Length;
            bench.Table.Segments.Append(ref target.Output, first.Buffer, first.Offset, length);
            bench.Table.Segments.Consume(ref source.Input, length);
        }

        bench.Table.Flush(to);
    }

    private static bool HasReceive(TransportBench bench, int slot) =>
        bench.Table[slot].Has(TransportFlags.IsReceiving);
}
