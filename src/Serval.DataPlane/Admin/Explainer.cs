using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>
/// Writes explanations of the live configuration at a bounded cost: one at a time, from tables that are
/// compiled once per configuration and freed when nobody has asked for a while. Thread: any. Bound:
/// <see cref="AdminLimits.ExplanationsWaiting"/>.
/// </summary>
internal sealed class Explainer : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);
    private readonly Lock _writing = new();
    private readonly Timer _free;
    private CompiledSnapshot? _compiled;
    private int _asking;

    public Explainer() => _free = new Timer(_ => Free());

    /// <summary>
    /// The explanation of a request; null when too many wait already. May wait for its turn.
    /// </summary>
    public Explanation? Explain(Snapshot live, ExplainRequest request, RouterOptions options)
    {
        try
        {
            if (Interlocked.Increment(ref _asking) > AdminLimits.ExplanationsWaiting + 1)
                return null;
            lock (_writing)
            {
                if (!ReferenceEquals(_compiled?.Source, live))
                {
                    Free();
                    _compiled = CompiledSnapshot.Compile(live);
                }

                _free.Change(KeptFor, Timeout.InfiniteTimeSpan);
                return ExplainScreen.Write(_compiled!, request, options);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    public void Dispose()
    {
        _free.Dispose();
        Free();
    }

    private void Free()
    {
        lock (_writing)
        {
            _compiled?.Dispose();
            _compiled = null;
        }
    }
}
