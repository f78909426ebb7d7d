using System.Runtime.InteropServices;

namespace Serval.CommandLine.Roles;

/// <summary>
/// SIGINT, SIGTERM and SIGQUIT: the first asks to drain, the second to stop at once. Owner: the verb that
/// runs.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<string> _first = new(
        TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Takes the signals over from the runtime.</summary>
    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Take),
    ];

    /// <summary>Completes with the name of the first signal.</summary>
    public Task<string> First => _first.Task;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken AtOnce => _second.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _second.Dispose();
    }

    private void Take(PosixSignalContext signal)
    {
        signal.Cancel = true; // of the runtime's own answer, which is to end the process
        if (!_first.TrySetResult(signal.Signal.ToString()))
            _second.Cancel();
    }
}
