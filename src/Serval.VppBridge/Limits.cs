namespace Serval.VppBridge;

/// <summary>Every bound of the bridge. Reaching one refuses the request, closes the connection or drops the
/// oldest, as the comment says.</summary>
internal static class Limits
{
    /// <summary>Rules of one ACL: refused above. VPP took 20 000 in 0.35 s.</summary>
    public const int RulesMax = 20_000;

    /// <summary>ACLs, tunnels and bindings kept: refused above.</summary>
    public const int ObjectsMax = 4096;

    /// <summary>ACLs in one list of an interface: refused above. The message counts both lists in one
    /// byte.</summary>
    public const int AclsPerListMax = 64;

    /// <summary>Peers of one tunnel: refused above.</summary>
    public const int PeersMax = 1024;

    /// <summary>Networks a peer may send from: refused above. The message counts them in one byte.</summary>
    public const int AllowedIpsMax = 64;

    /// <summary>Addresses of a tunnel interface: refused above.</summary>
    public const int AddressesMax = 16;

    /// <summary>Interfaces on each side of source NAT: refused above.</summary>
    public const int NatInterfacesMax = 64;

    /// <summary>Addresses of source NAT: refused above.</summary>
    public const int NatAddressesMax = 256;

    /// <summary>A CLI command is one write and must be read as one by VPP: refused above.</summary>
    public const int CliCommandBytesMax = 64 * 1024;

    /// <summary>VPP reads the CLI in blocks of this size and waits for a short one.</summary>
    public const int CliBlockBytes = 4096;

    /// <summary>A CLI reply: the connection is closed above.</summary>
    public const int CliReplyBytesMax = 16 * 1024 * 1024;

    /// <summary>A message of the binary API: the connection is closed above.</summary>
    public const int ApiMessageBytesMax = 16 * 1024 * 1024;

    /// <summary>Details in one dump of the binary API: the connection is closed above.</summary>
    public const int ApiDumpEntriesMax = 200_000;

    /// <summary>Bytes of one dump of the binary API: the connection is closed above.</summary>
    public const int ApiDumpBytesMax = 256 * 1024 * 1024;

    /// <summary>Connections of callers at once: closed above.</summary>
    public const int ConnectionsMax = 1024;

    /// <summary>Calls in flight at once, streams included: RESOURCE_EXHAUSTED above.</summary>
    public const int CallsMax = 256;

    /// <summary>A message of a caller, before and after decompression: RESOURCE_EXHAUSTED above.</summary>
    public const int ReceiveBytesMax = 4 * 1024 * 1024;

    /// <summary>A message to a caller: RESOURCE_EXHAUSTED above.</summary>
    public const int SendBytesMax = 64 * 1024 * 1024;

    /// <summary>Seconds that a unary call may take: DEADLINE_EXCEEDED above, also for callers that set no
    /// deadline or a longer one.</summary>
    public const int UnaryDeadlineMaxS = 120;

    /// <summary>Characters of the sentence that goes with a status: cut above.</summary>
    public const int DetailCharsMax = 2048;

    /// <summary>Events waiting to be seen by the reconciler: the oldest is dropped, a full look makes up for
    /// it.</summary>
    public const int EventsMax = 1024;

    /// <summary>Events waiting for one watcher: the oldest is dropped and counted.</summary>
    public const int WatcherEventsMax = 256;

    /// <summary>Watchers of events at once: refused above.</summary>
    public const int WatchersMax = 64;

    /// <summary>Changes waiting their turn: refused above.</summary>
    public const int ChangesWaitingMax = 64;

    /// <summary>Entries of the statistics directory that are looked at: an error above.</summary>
    public const int StatsEntriesMax = 1_000_000;

    /// <summary>Threads of VPP that count: an error above.</summary>
    public const int StatsThreadsMax = 1024;

    /// <summary>Words of counters read for one sample, attempts included: an error above.</summary>
    public const int StatsWordsMax = 32 * 1024 * 1024;

    /// <summary>Samples kept for rates, one a second: the oldest is dropped.</summary>
    public const int SamplesMax = 61;

    /// <summary>ACL rules that become series of their own on /metrics, ACLs in order of their names; the rest
    /// is counted as left out.</summary>
    public const int MetricsRuleSeriesMax = 1024;

    /// <summary>Interfaces that become series of their own on /metrics; the rest is counted as left
    /// out.</summary>
    public const int MetricsSeriesMax = 512;

    /// <summary>WireGuard peers that become series of their own on /metrics, tunnels in order of their names;
    /// the rest is counted as left out.</summary>
    public const int MetricsPeerSeriesMax = 1024;

    /// <summary>Times a change is planned and executed because others changed VPP meanwhile: the change is
    /// taken back and ends with ABORTED above.</summary>
    public const int PlanRoundsMax = 3;

    /// <summary>When all is well, the pause after a look is at least this many times what the look
    /// took.</summary>
    public const int LookShare = 20;

    /// <summary>Rules of ACLs, counted once for each interface that they are bound to: a change that leads
    /// above is made and warned of. VPP 26.06 with a main heap of 1.5 GB aborted at 3,700,000.</summary>
    public const int BoundRulesWarned = 1_000_000;

    /// <summary>The state file: a change that would make it larger is refused, and so is a larger
    /// file.</summary>
    public const int StateBytesMax = 64 * 1024 * 1024;

    /// <summary>How long one command or message may take before the connection is given up.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The same for those that make, replace, bind or delete ACLs. VPP 26.06 took 4.8 s to bind
    /// 20,000 rules to its 270th interface.</summary>
    public static readonly TimeSpan AclCallTimeout = TimeSpan.FromSeconds(120);

    /// <summary>How long connecting to a socket may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The first pause before connecting again; it doubles up to
    /// <see cref="ReconnectPauseMax"/>.</summary>
    public static readonly TimeSpan ReconnectPauseMin = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause before connecting again.</summary>
    public static readonly TimeSpan ReconnectPauseMax = TimeSpan.FromSeconds(3);

    /// <summary>Counters older than this are not shown.</summary>
    public static readonly TimeSpan SampleAgeMax = TimeSpan.FromSeconds(10);

    /// <summary>The shortest pause between two looks for drift: a flood of events is one look.</summary>
    public static readonly TimeSpan DriftPauseMin = TimeSpan.FromMilliseconds(100);

    /// <summary>How often VPP is looked at while anything is missing, and for <see cref="SettleTime"/> after
    /// connecting.</summary>
    public static readonly TimeSpan UnsettledLookInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long after connecting VPP may still be configured by others.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    /// <summary>How often VPP is looked at when all is well.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between looks at a VPP that takes long to look at.</summary>
    public static readonly TimeSpan LookIntervalMax = TimeSpan.FromSeconds(30);
}
