using System.Collections.Concurrent;
using System.Collections.Immutable;
using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Transports;
using Acl = Serval.VppBridge.Model.Acl;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>A reconciler before scripted connections, one after the other.</summary>
internal sealed class ReconcilingBench : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reconciling");
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="connections">What each attempt to connect gives; VPP is away after the last.</param>
    /// <param name="asked">ACLs that were asked for before.</param>
    /// <param name="change">Other options.</param>
    public ReconcilingBench(
        IEnumerable<IVppTransport?> connections, Acl[]? asked = null,
        Func<ReconcilerOptions, ReconcilerOptions>? change = null)
    {
        StateFile file = new(_folder.FullName);
        file.Load();
        DesiredState desired = DesiredState.Empty with
        {
            Acls = (asked ?? []).ToImmutableSortedDictionary(
                acl => acl.Name, acl => acl, StringComparer.Ordinal),
        };
        file.Save(desired, DesiredState.Empty, Provenance.Empty);
        Queue<IVppTransport?> next = new(connections);
        ReconcilerOptions options = new()
        {
            Connect = _ => Task.FromResult(
                (next.TryDequeue(out IVppTransport? transport) ? transport : null)
                ?? throw new VppException(VppFault.Away, "nobody listens")),
            File = file,
            Log = Log.Enqueue,
            ReconnectPauseMin = TimeSpan.FromMilliseconds(1),
            UnsettledLookInterval = TimeSpan.FromHours(1),
        };
        Reconciler = new Reconciler(change?.Invoke(options) ?? options, _stop.Token);
        Events = Reconciler.Events.Subscribe();
    }

    public Reconciler Reconciler { get; }

    public EventSubscription Events { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Where the state is kept.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Runs it until it has looked once.</summary>
    public async Task StartAsync()
    {
        _running = Reconciler.RunAsync();
        await Eventually.BecomesAsync(
            () => Reconciler.Status is { Transport: not null, Drift: not ["not looked at yet"] });
    }

    /// <summary>Runs it without waiting for anything.</summary>
    public void Run() => _running = Reconciler.RunAsync();

    /// <summary>The next event, as kind, subject and detail.</summary>
    public async Task<string> NextAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Event next = await Events.ReadAsync(limit.Token);
        return $"{next.Kind} {next.Subject} {next.Detail}".Trim();
    }

    /// <summary>Asks for an ACL.</summary>
    public Task<Change> AskAsync(Acl acl, string version = "", bool isDryRun = false) =>
        Reconciler.ChangeAsync(
            new ChangeRequest(
                DesiredState.AclKey(acl.Name), version, isDryRun,
                (desired, _) => desired.Acls.GetValueOrDefault(acl.Name) is { } there
                    && there.Rules.SequenceEqual(acl.Rules)
                    ? desired : desired with { Acls = desired.Acls.SetItem(acl.Name, acl) }),
            CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Events.Dispose();
        Reconciler.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }
}
