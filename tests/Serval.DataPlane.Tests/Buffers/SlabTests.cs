using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tests.Buffers;

public sealed class SlabTests
{
    [Fact]
    public void Slots_are_leased_once_up_to_the_capacity()
    {
        using Slab<long> slab = new(5);
        HashSet<int> slots = [];
        while (slab.TryLease(out int slot)) Assert.True(slots.Add(slot));
        Assert.Equal([0, 1, 2, 3, 4], slots.Order());
        Assert.Equal((5, 5, 0), (slab.Capacity, slab.Leased, slab.Available));
    }

    [Fact]
    public void A_returned_slot_is_leased_again_with_what_it_held()
    {
        using Slab<long> slab = new(2);
        slab.TryLease(out int first);
        Assert.Equal(0, slab[first]);
        slab[first] = 42;
        slab.Release(first);
        Assert.Equal(0, slab.Leased);
        slab.TryLease(out int again);
        Assert.Equal((first, 42), (again, slab[again]));
    }

    [Fact]
    public void Records_of_odd_sizes_do_not_touch_the_list_of_free_slots()
    {
        using Slab<byte> slab = new(67);
        while (slab.TryLease(out int slot)) slab[slot] = 255;
        for (int slot = 0; slot < 67; slot++) slab.Release(slot);
        HashSet<int> slots = [];
        while (slab.TryLease(out int slot)) slots.Add(slot);
        Assert.Equal(67, slots.Count);
        Assert.All(slots, slot => Assert.Equal(255, slab[slot]));
    }
}
