using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;

namespace Serval.Kernel.Tests;

/// <summary>
/// A ring with what it needs, for one test on one thread. Waits are the ring's own, with a generous bound, so
/// that a completion that never comes fails the test instead of hanging it.
/// </summary>
internal sealed class KernelRing : IDisposable
{
    private const long WaitNanoseconds = 1_000_000_000;
    private const int WaitsMost = 30;
    private readonly WakeDescriptor _wake = new();
    private readonly List<Completion> _seen = [];
    private LinuxRing _ring;
    private bool _isEnded;

    public KernelRing(int slots = 32, int buffers = 64, int provided = 8)
    {
        Buffers = new BufferPool(buffers, smallCount: 4);
        _ring = LinuxRing.Create(slots, Buffers, _wake.Descriptor);
        for (int i = 0; i < provided; i++) Provide();
    }

    public BufferPool Buffers { get; }

    public ref LinuxRing Ring => ref _ring;

    /// <summary>Completions that came and were not asked for.</summary>
    public IReadOnlyList<Completion> Unclaimed => _seen;

    public static Token TokenOf(TokenKind kind, int slot) => new(kind, slot, 1);

    public int Provide()
    {
        Assert.True(Buffers.TryLease(out int buffer));
        _ring.ProvideBuffer(buffer);
        return buffer;
    }

    public void Wake() => _wake.Wake();

    /// <summary>Submits, and reaps what is there without waiting.</summary>
    public void Poll()
    {
        _ring.SubmitAndWait(0);
        Reap();
    }

    /// <summary>Waits for the completion of an operation.</summary>
    public Completion Wait(TokenKind kind, int slot)
    {
        Token token = TokenOf(kind, slot);
        for (int waits = 0; waits < WaitsMost; waits++)
        {
            int found = _seen.FindIndex(completion => completion.Token == token);
            if (found >= 0)
            {
                Completion completion = _seen[found];
                _seen.RemoveAt(found);
                return completion;
            }

            _ring.SubmitAndWait(WaitNanoseconds);
            Reap();
        }

        throw new TimeoutException(
            $"no completion of {kind} on slot {slot}; seen: {string.Join(", ", _seen)}");
    }

    /// <summary>Submits what is queued and gives the kernel the chance to complete all of it.</summary>
    /// <remarks>A wake completes behind everything that could complete at once.</remarks>
    public void Settle()
    {
        _ring.ArmWake(TokenOf(TokenKind.Wake, 0));
        Wake();
        Wait(TokenKind.Wake, 0);
    }

    public void Dispose()
    {
        if (_isEnded) return;
        _isEnded = true;
        _ring.End();
        Buffers.Dispose();
        _wake.Dispose();
    }

    private void Reap()
    {
        while (_ring.TryReap(out Completion completion)) _seen.Add(completion);
    }
}
