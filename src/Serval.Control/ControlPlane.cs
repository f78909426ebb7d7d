using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;
using Serval.Control.Resolving;
using Serval.Control.Store;
using Serval.Control.Translating;

namespace Serval.Control;

/// <summary>
/// Store → Resolving → Translating → Reporting for one source: objects in, configuration and statuses
/// out. A change costs what it changes; the result is what a fresh start with the same objects would compute.
/// </summary>
/// <remarks>Owner: one source. Thread: any, one at a time under its lock.</remarks>
internal sealed class ControlPlane
{
    private readonly Lock _lock = new();
    private readonly ObjectStore _store;
    private readonly Graph _graph;
    private readonly RouteBudget _budget = new();
    private readonly SnapshotBuilder _snapshot = new();
    private readonly StatusBuilder _status;
    private readonly FindingBook _findings = new();
    private readonly List<ObjectChange> _waiting = [];
    private readonly TimeProvider _time;
    private ImmutableArray<KeyPair> _keyPairs = [];
    private bool _isStarted;

    /// <summary>A control plane that knows no object.</summary>
    /// <param name="options">What decides beside the objects.</param>
    /// <param name="awaited">Kinds that must be synced before anything is translated.</param>
    public ControlPlane(TranslationOptions options, IEnumerable<ResourceKind> awaited)
    {
        _store = new ObjectStore(awaited);
        _graph = new Graph(_store, options);
        _status = new StatusBuilder(options.ControllerName);
        _time = options.Time;
    }

    /// <summary>
    /// Takes what a source has learned. Null when that changes nothing, or while kinds are not synced: an
    /// incomplete configuration must never replace a complete one.
    /// </summary>
    public Translation? Apply(ChangeBatch batch)
    {
        lock (_lock)
        {
            IReadOnlyList<ObjectChange> changes = _store.Apply(batch);
            if (!_store.IsSynced)
            {
                _waiting.AddRange(changes);
                return null;
            }
            if (_isStarted && changes.Count == 0)
                return null;
            if (!_isStarted)
            {
                changes = [.. _waiting, .. changes];
                _waiting.Clear();
                _waiting.TrimExcess();
            }
            return Translate(changes);
        }
    }

    private Translation Translate(IReadOnlyList<ObjectChange> objects)
    {
        GraphChanges changes = _graph.Apply(objects);
        List<(ResolvedRoute? Before, ResolvedRoute? After)> routes = _budget.Apply(_graph, changes);
        foreach ((ResolvedRoute? before, ResolvedRoute? after) in routes)
            _snapshot.Replace(before, after);
        SnapshotDelta? delta = _snapshot.Update(_graph, changes);
        (StatusReport status, ImmutableArray<ObjectKey> changed) = _status.Update(_graph, changes, routes);
        _findings.Update(_graph, changes, routes);
        bool isFirst = !_isStarted;
        _isStarted = true;
        if (changes.AreGatewaysResolved)
        {
            _keyPairs =
            [
                .. _graph.Certificates.Values.Select(pair => pair.KeyPair!)
                    .OrderBy(pair => pair.Name, StringComparer.Ordinal),
            ];
        }
        Snapshot current = _snapshot.Current;
        return new Translation(
            current, status, _findings.Reader(current),
            () => CertificateAges.Find(current, _time.GetUtcNow()))
        {
            KeyPairs = _keyPairs,
            Delta = isFirst ? null : delta,
            StatusChanges = changed,
        };
    }
}
