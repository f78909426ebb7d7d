using System.Diagnostics;
using Serval.DataPlane;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;

namespace Serval.Kernel.Tests;

public sealed class RingTests
{
    [Fact]
    public void A_wait_ends_when_its_time_is_over()
    {
        using KernelRing kernel = new();
        long before = Stopwatch.GetTimestamp();
        kernel.Ring.SubmitAndWait(5_000_000);
        Assert.False(kernel.Ring.TryReap(out _));
        Assert.True(Stopwatch.GetElapsedTime(before).TotalMilliseconds >= 5);
    }

    [Fact]
    public void A_wait_ends_at_once_while_completions_are_to_be_reaped()
    {
        using KernelRing kernel = new();
        kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 1), TokenOf(TokenKind.Cancel, 1));
        kernel.Ring.SubmitAndWait(0);
        long before = Stopwatch.GetTimestamp();
        kernel.Ring.SubmitAndWait(60_000_000_000);
        Assert.True(Stopwatch.GetElapsedTime(before).TotalSeconds < 30);
        Assert.True(kernel.Ring.TryReap(out _));
    }

    [Fact]
    public void Another_thread_wakes_a_ring_that_waits()
    {
        using KernelRing kernel = new();
        kernel.Ring.ArmWake(TokenOf(TokenKind.Wake, 0));
        kernel.Poll();
        Thread waker = new(kernel.Wake);
        waker.Start();
        Assert.Equal(sizeof(ulong), kernel.Wait(TokenKind.Wake, 0).Result);
        waker.Join();
        Assert.Empty(kernel.Unclaimed);
    }

    [Fact]
    public void Several_wakes_before_a_look_are_one()
    {
        using KernelRing kernel = new();
        kernel.Wake();
        kernel.Wake();
        kernel.Ring.ArmWake(TokenOf(TokenKind.Wake, 0));
        kernel.Wait(TokenKind.Wake, 0);
        kernel.Ring.ArmWake(TokenOf(TokenKind.Wake, 0));
        kernel.Poll();
        Assert.Empty(kernel.Unclaimed);
    }

    [Fact]
    public void A_full_submission_queue_is_submitted_early()
    {
        using KernelRing kernel = new();
        const int operations = Limits.SubmissionEntries + 10;
        for (int i = 0; i < operations; i++)
            kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 1), TokenOf(TokenKind.Cancel, 1));
        kernel.Poll();
        Assert.Equal(operations, kernel.Unclaimed.Count);
    }

    [Fact]
    public void Completions_beyond_their_queue_are_kept_by_the_kernel()
    {
        using KernelRing kernel = new();
        const int operations = Limits.CompletionEntries + Limits.SubmissionEntries;
        for (int i = 0; i < operations; i++)
            kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 1), TokenOf(TokenKind.Cancel, 1));
        for (int i = 0; i < 4; i++) kernel.Poll();
        Assert.Equal(operations, kernel.Unclaimed.Count);
    }

    [Fact]
    public void More_slots_than_descriptors_are_refused_with_the_remedy()
    {
        using BufferPool buffers = new(1, 4);
        using WakeDescriptor wake = new();
        // Above the kernel's own bound (IORING_MAX_FIXED_FILES) as well as any RLIMIT_NOFILE.
        RingException refused = Assert.Throws<RingException>(
            () => LinuxRing.Create(4_000_000, buffers, wake.Descriptor));
        Assert.Contains("registering direct descriptors", refused.Message, StringComparison.Ordinal);
        Assert.Contains("EMFILE", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Raise RLIMIT_NOFILE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_ring_leaves_no_descriptor_behind()
    {
        using BufferPool buffers = new(1, 4);
        using WakeDescriptor wake = new();
        for (int i = 0; i < 3; i++)
        {
            int before = RingDescriptors();
            Assert.Throws<RingException>(() => LinuxRing.Create(4_000_000, buffers, wake.Descriptor));
            if (RingDescriptors() <= before) return;
        }

        Assert.Fail("descriptors of io_uring stayed open");
    }

    // Other tests open and close rings meanwhile, which is why the caller asks more than once.
    private static int RingDescriptors()
    {
        int count = 0;
        foreach (string path in Directory.EnumerateFiles("/proc/self/fd"))
        {
            if (new FileInfo(path).LinkTarget is { } target
                && target.Contains("io_uring", StringComparison.Ordinal)) count++;
        }

        return count;
    }
}
