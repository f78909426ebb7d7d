using Serval.DataPlane.Balancing;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Tests.Swapping;

public sealed class SnapshotPinsTests
{
    private readonly SnapshotPins _pins = new();

    [Fact]
    public void Nothing_may_be_freed_before_a_newer_one_is_adopted()
    {
        Assert.Null(_pins.Current);
        Assert.False(_pins.MayFree(1));
        Assert.True(_pins.TryAdopt(Numbered(1)));
        Assert.False(_pins.MayFree(1));
        Assert.True(_pins.TryAdopt(Numbered(2)));
        Assert.True(_pins.MayFree(1));
        Assert.False(_pins.MayFree(2));
        Assert.Equal((2, 2), (_pins.Adopted, _pins.Current!.Sequence));
    }

    [Fact]
    public void A_pinned_snapshot_is_held_until_its_last_exchange_ends()
    {
        _pins.TryAdopt(Numbered(1));
        int first = _pins.Pin();
        int second = _pins.Pin();
        _pins.TryAdopt(Numbered(2));
        _pins.TryAdopt(Numbered(3));
        Assert.Equal(1, _pins[first].Sequence);
        Assert.True(_pins.MayFree(2));
        _pins.Unpin(first);
        Assert.False(_pins.MayFree(1));
        _pins.Unpin(second);
        Assert.True(_pins.MayFree(1));
    }

    [Fact]
    public void A_snapshot_that_was_skipped_may_be_freed()
    {
        _pins.TryAdopt(Numbered(1));
        _pins.TryAdopt(Numbered(5));
        Assert.True(_pins.MayFree(3));
    }

    [Fact]
    public void The_current_one_stays_when_its_last_pin_ends()
    {
        _pins.TryAdopt(Numbered(1));
        _pins.Unpin(_pins.Pin());
        Assert.Equal(1, _pins.Current!.Sequence);
        Assert.False(_pins.MayFree(1));
    }

    [Fact]
    public void A_full_table_adopts_nothing_until_a_pin_ends()
    {
        List<int> pinned = [];
        for (int sequence = 1; sequence <= Limits.SnapshotsPinned; sequence++)
        {
            Assert.True(_pins.TryAdopt(Numbered(sequence)));
            pinned.Add(_pins.Pin());
        }

        Assert.False(_pins.TryAdopt(Numbered(100)));
        Assert.Equal(Limits.SnapshotsPinned, _pins.Adopted);
        for (int sequence = 1; sequence <= Limits.SnapshotsPinned; sequence++)
            Assert.False(_pins.MayFree(sequence));

        _pins.Unpin(pinned[4]);
        Assert.True(_pins.MayFree(5));
        Assert.True(_pins.TryAdopt(Numbered(100)));
        Assert.False(_pins.MayFree(Limits.SnapshotsPinned));
    }

    [Fact]
    public void What_is_published_is_what_is_read()
    {
        LiveConfiguration live = new();
        Assert.Null(live.Snapshot);
        Assert.Same(EndpointDirectory.Empty, live.Directory);
        PublishedSnapshot snapshot = Numbered(1);
        EndpointDirectory directory = new()
        {
            Sequence = 1,
            Clusters = [],
            Fallback = [],
            Addresses = EndpointAddresses.Empty,
            Retired = [],
        };
        live.Snapshot = snapshot;
        live.Directory = directory;
        Assert.Same(snapshot, live.Snapshot);
        Assert.Same(directory, live.Directory);
    }

    // Pins look at nothing but the sequence.
    private static PublishedSnapshot Numbered(long sequence) => new()
    {
        Sequence = sequence,
        Tables = null!,
        ClusterSlots = [],
        ConnectTimeoutsMs = [],
        RouteSeries = [],
        ListenerSeries = [],
        ListenerNames = [],
        GroupOfSocket = [],
    };
}
