using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Serval.Config.Validating;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>
/// SIGHUP reads the configuration again, SIGUSR1 opens the access log anew; both as peers do it. Owner: the
/// verb that runs. Bound: one reading at a time, signals that come meanwhile ask for one more.
/// </summary>
internal sealed class UpkeepSignals : IDisposable
{
    // SIGUSR1 on every Linux that .NET runs on (signal(7)); the enumeration does not name it.
    private const PosixSignal OpenLogs = (PosixSignal)10;
    private readonly Router _router;
    private readonly RoleSource _source;
    private readonly ServiceNotifier _notifier;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _asked;

    /// <summary>Takes the two signals over from the runtime.</summary>
    public UpkeepSignals(Router router, RoleSource source, ServiceNotifier notifier, ILogger log)
    {
        (_router, _source, _notifier, _log) = (router, source, notifier, log);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
            PosixSignalRegistration.Create(OpenLogs, Reopen),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Reload(PosixSignalContext signal)
    {
        signal.Cancel = true; // of the runtime's own answer, which is to end the process
        if (_source.Reload is null)
            Log.NothingToRead(_log);
        else if (Interlocked.Increment(ref _asked) == 1)
            _ = ReadAsync(_source.Reload);
    }

    private async Task ReadAsync(Func<CancellationToken, Task<ApplyResult>> reload)
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _asked);
            try
            {
                _notifier.Reloading();
                ApplyResult result = await reload(_stop.Token);
                int errors = result.Findings.Count(finding => finding.Severity == Severity.Error);
                int warnings = result.Findings.Count(finding => finding.Severity == Severity.Warning);
                if (result.IsAccepted)
                    Log.ReadAgain(_log, result.Version, errors, warnings);
                else
                    Log.ReadAgainAndRefused(_log, result.Version, errors);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                Log.NotReadAgain(_log, fault.Message);
            }
            _notifier.Ready(_router.NotReadyReason ?? "serving");
        }
        while (Interlocked.Add(ref _asked, -answered) > 0);
    }

    private void Reopen(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_router.ReopenAccessLog() is { } fault)
            Log.LogsNotOpened(_log, fault);
        else
            Log.LogsOpened(_log);
    }
}
