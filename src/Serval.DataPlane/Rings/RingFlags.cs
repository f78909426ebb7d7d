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
    public const uint FeatureSingleMmap = 1 << 0;
    public const uint FeatureNoDrop = 1 << 1;
    public const uint FeatureExtendedArguments = 1 << 8;

    // submission entry flags
    public const byte EntryFixedFile = 1 << 0;
    public const byte EntryLink = 1 << 2;
    public const byte EntryBufferSelect = 1 << 5;
    public const byte EntrySkipSuccess = 1 << 6;

    // io_uring_enter
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
    public const int RegisterProbe = 8;
    public const int RegisterFiles2 = 13;
    public const int RegisterKernelThreads = 19;
    public const int RegisterRingDescriptors = 20;
    public const int UnregisterRingDescriptors = 21;
    public const int RegisterProvidedRing = 22;
    public const uint RegisterFilesSparse = 1 << 0;

    // sys/mman.h
    public const int ProtectReadWrite = 3;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;
    public const int MapPopulate = 0x8000;
    public const nint OffsetRing = 0;
    public const nint OffsetEntries = 0x1000_0000;
}
