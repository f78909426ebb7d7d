// Waits have generous bounds, but the machine is small: one ring at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
