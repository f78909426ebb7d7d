namespace Serval.DataPlane.Rings;

/// <summary>Flags of linux/io_uring.h, grouped by the call that takes them.</summary>
internal static class RingFlags
{
    // io_uring_setup
    public const uint SetupCompletionSize = 1 << 3;
    public const uint SetupClamp = 1 << 4;
    public const uint SetupSubmitAll = 1 << 7;
    public const uint SetupCoopTaskrun = 1 << 8;
    public const uint SetupSingleIssuer = 1 << 12;
    public const uint SetupDeferTaskrun = 1 << 13;
    public const uint SetupNoSubmissionArray = 1 << 16;

    // features
    public const uint FeatureExtendedArguments = 1 << 8;

    // submission entry flags
    public const byte EntryFixedFile = 1 << 0;
    public const byte EntryLink = 1 << 2;
    public const byte EntryBufferSelect = 1 << 5;
    public const byte EntrySkipSuccess = 1 << 6;

    // io_uring_enter; the number of the call is the same on x64 and arm64
    public const int EnterCall = 426;
    public const uint EnterGetEvents = 1 << 0;
    public const uint EnterExtendedArguments = 1 << 3;
    public const uint EnterRegisteredRing = 1 << 4;

    // completion flags
    public const uint CompletionBuffer = 1 << 0;
    public const uint CompletionMore = 1 << 1;
    public const int CompletionBufferShift = 16;

    // operations
    public const ushort ReceiveMultishot = 1 << 1;
    public const uint CommandUnread = 0;
    public const uint CommandUnacknowledged = 1;
    public const uint CommandSetSocketOption = 3;

    // poll.h: POLLRDHUP, and POLLERR with POLLHUP; io_uring reports all three unasked
    public const int PollEnd = 0x2000;
    public const int PollGone = 0x8 | 0x10;

    // io_uring_register
    public const uint RegisterFiles2 = 13;
    public const uint RegisterKernelThreads = 19;
    public const uint RegisterRingDescriptors = 20;
    public const uint UnregisterRingDescriptors = 21;
    public const uint RegisterProvidedRing = 22;
    public const uint RegisterFilesSparse = 1 << 0;
}
