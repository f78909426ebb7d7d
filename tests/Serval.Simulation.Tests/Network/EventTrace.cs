using System.Globalization;

namespace Serval.Simulation.Tests.Network;

/// <summary>What happened, in order: always as a hash, as text when somebody wants to read it.</summary>
internal sealed class EventTrace(bool isKept)
{
    private const ulong Prime = 1_099_511_628_211;
    private readonly List<string> _lines = [];

    /// <summary>Equal for two runs that did the same in the same order at the same virtual time.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    public IReadOnlyList<string> Lines => _lines;

    public void Add(long microseconds, TraceKind kind, long subject, long value)
    {
        Mix((ulong)microseconds);
        Mix((ulong)kind);
        Mix((ulong)subject);
        Mix((ulong)value);
        if (!isKept) return;
        _lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{microseconds / 1_000.0,12:F3} ms {kind,-20} {subject,6} {value}"));
    }

    private void Mix(ulong value) => Hash = (ulong.RotateLeft(Hash, 7) ^ value) * Prime;
}
