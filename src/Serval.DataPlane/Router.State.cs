using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.DataPlane;

// What a status page asks for. Any thread.
public sealed partial class Router
{
    /// <summary>
    /// What the limits of the machine or the process keep the data plane from. It serves all the same.
    /// </summary>
    public ImmutableArray<Finding> MachineFindings { get; private init; } = [];

    /// <summary>Seconds since the live snapshot was applied.</summary>
    public double LiveForSeconds => _publisher.AgeSeconds;

    /// <summary>
    /// The first <see cref="Limits.ListenerSeries"/> listeners of the newest snapshot, and whether all of
    /// their sockets are open.
    /// </summary>
    public IReadOnlyList<(string Name, bool IsUp)> Listeners => _publisher.Listeners;

    /// <summary>Endpoints that at least one worker has ejected, as <c>address:port</c>.</summary>
    public IReadOnlySet<string> EjectedEndpoints
    {
        get
        {
            lock (_endpointLog) return _endpointLog.Names();
        }
    }

    // Each open connection takes a descriptor in the ring's table, which may have as many as the process may
    // open files (RLIMIT_NOFILE).
    private static ImmutableArray<Finding> FindFewDescriptors(int slots) => slots >= Limits.ConnectionSlots
        ? []
        :
        [
            new Finding(
                Severity.Warning, "Process", "RLIMIT_NOFILE", "FewDescriptors",
                $"Each worker holds {slots} connections at a time instead of {Limits.ConnectionSlots}, "
                + $"because the process may open too few files. Let it open {Limits.ConnectionSlots + 1_024} "
                + "(LimitNOFILE= of a systemd unit, ulimit -n of a shell)."),
        ];
}
