using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Transports;
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
