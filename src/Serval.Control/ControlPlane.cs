using Serval.Control.Kubernetes;
using Serval.Control.Store;

namespace Serval.Control;

/// <summary>
/// Store → Resolving → Translating → Reporting for one source: objects in, configuration and statuses
/// out.
/// </summary>
/// <remarks>Owner: one source. Thread: any, one at a time under its lock.</remarks>
/// <param name="controllerName">Gateways whose class names this controller are served.</param>
/// <param name="awaited">Kinds that must be synced before anything is translated.</param>
internal sealed class ControlPlane(string controllerName, IEnumerable<ResourceKind> awaited)
{
    private readonly Lock _lock = new();
    private readonly ObjectStore _store = new(awaited);
    private Translation? _current;

    /// <summary>
    /// Takes what a source has learned. Null when that changes nothing, or while kinds are not synced: an
    /// incomplete configuration must never replace a complete one.
    /// </summary>
    public Translation? Apply(ChangeBatch batch)
    {
        lock (_lock)
        {
            bool isChanged = _store.Apply(batch).Count > 0;
            if (!_store.IsSynced || (_current is not null && !isChanged))
                return null;
            return _current = Translation.Of(ClusterState.From(_store.Objects), controllerName);
        }
    }
}
