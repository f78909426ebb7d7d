using Serval.DataPlane.Rings;

namespace Serval.Simulation.Tests.Network;

/// <summary>
/// Which faults a run plays, drawn from its seed: each run takes a few of them, so that rare ones are not
/// drowned by common ones. Those of the first group must never show in an answer.
/// </summary>
internal sealed record FaultProfile
{
    // ---- what the kernel and the network may always do ----

    public required int LatencyMaxUs { get; init; }

    public required int CompletionDelayMaxUs { get; init; }

    /// <summary>Most bytes of one receive and of one step of a send.</summary>
    public required int FragmentMax { get; init; }

    public required int MultishotEndsPermille { get; init; }

    public required int CancelBusyPermille { get; init; }

    public required int AcceptErrorPermille { get; init; }

    public int AcceptErrno { get; init; } = Errno.Nfile;

    /// <summary>Completions that can be reaped in one turn.</summary>
    public required int ReapMax { get; init; }

    /// <summary>How often an enter is answered EAGAIN and takes only some of what is submitted.</summary>
    public int EnterAgainPermille { get; init; }

    /// <summary>
    /// Completions that fit their queue; more wait in the kernel, which takes no submissions meanwhile. 0 for
    /// as many as there are.
    /// </summary>
    public int CompletionEntries { get; init; }

    /// <summary>Workers that share the listeners.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How often a stranger listens on a port that is to be opened.</summary>
    public int TakenPortPermille { get; init; }

    public required int PipeBytes { get; init; }

    public required bool Swaps { get; init; }

    // ---- what may show in answers ----

    public required int UpstreamFaultPermille { get; init; }

    public required int ClientFaultPermille { get; init; }

    public required int ConnectFaultPermille { get; init; }

    public required bool ClosesIdle { get; init; }

    public required bool RemovesEndpoints { get; init; }

    public required bool RemovesListener { get; init; }

    public required bool DrainsEarly { get; init; }

    public required int Buffers { get; init; }

    public required int ConnectionSlots { get; init; }

    /// <summary>
    /// Whether clients that end their half while they wait are answered; otherwise they are gone.
    /// </summary>
    public bool ServesHalfClosed { get; init; } = true;

    /// <summary>
    /// Bodies are shorter where they come in crumbs, so that every run takes about as long.
    /// </summary>
    public int BodyBytesMax => Math.Min(Math.Min(FragmentMax, PipeBytes / 4) * 200, 120_000);

    public int SmallBuffers
    {
        get => field > 0 ? field : HasFewBuffers ? Buffers : 1_024;
        init;
    }

    public bool HasFewBuffers => Buffers < 512;

    public bool HasFewSlots => ConnectionSlots < 256;

    /// <summary>True when every answer must be the upstream's.</summary>
    public bool IsHarmless =>
        UpstreamFaultPermille == 0 && ClientFaultPermille == 0 && ConnectFaultPermille == 0 && !ClosesIdle
        && !RemovesEndpoints && !RemovesListener && !DrainsEarly && !HasFewBuffers && !HasFewSlots;

    /// <summary>Nothing goes wrong.</summary>
    public static FaultProfile None() => new()
    {
        LatencyMaxUs = 500,
        CompletionDelayMaxUs = 20,
        FragmentMax = 4_000,
        MultishotEndsPermille = 0,
        CancelBusyPermille = 0,
        AcceptErrorPermille = 0,
        ReapMax = 1_000,
        PipeBytes = 65_536,
        Swaps = false,
        UpstreamFaultPermille = 0,
        ClientFaultPermille = 0,
        ConnectFaultPermille = 0,
        ClosesIdle = false,
        RemovesEndpoints = false,
        RemovesListener = false,
        DrainsEarly = false,
        Buffers = 512,
        ConnectionSlots = 256,
    };

    public static FaultProfile Draw(SeededRandom random)
    {
        bool isHarmless = random.Chance(250);
        int If(int permille, int least, int most) =>
            !isHarmless && random.Chance(permille) ? random.Between(least, most) : 0;
        return new FaultProfile
        {
            LatencyMaxUs = random.Pick(50, 500, 5_000, 50_000),
            CompletionDelayMaxUs = random.Pick(0, 20, 1_000, 10_000),
            FragmentMax = random.Pick(1, 7, 100, 1_460, 4_000, 40_000, 40_000),
            MultishotEndsPermille = random.Pick(0, 0, 20, 200),
            CancelBusyPermille = random.Pick(0, 100, 500),
            AcceptErrorPermille = random.Pick(0, 0, 100),
            ReapMax = random.Pick(1, 3, 1_000, 1_000),
            PipeBytes = random.Pick(512, 4_096, 16_384, 65_536, 1 << 20),
            Swaps = random.Chance(400),
            UpstreamFaultPermille = If(400, 50, 500),
            ClientFaultPermille = If(400, 50, 500),
            ConnectFaultPermille = If(250, 50, 600),
            ClosesIdle = !isHarmless && random.Chance(300),
            RemovesEndpoints = !isHarmless && random.Chance(250),
            RemovesListener = !isHarmless && random.Chance(200),
            DrainsEarly = !isHarmless && random.Chance(250),
            Buffers = !isHarmless && random.Chance(200) ? random.Between(8, 48) : 512,
            ConnectionSlots = !isHarmless && random.Chance(200) ? random.Between(4, 24) : 256,
            EnterAgainPermille = random.Pick(0, 0, 0, 300),
        };
    }

    public long Latency(SeededRandom random) => random.Between(1, LatencyMaxUs);
}
