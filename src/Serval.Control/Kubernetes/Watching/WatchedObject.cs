using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>An object as the API server showed it.</summary>
/// <param name="Key">Kind, namespace, name.</param>
/// <param name="Head">Its metadata.</param>
/// <param name="Resource">The fields that Serval reads; null when they have a form that Serval cannot
/// read.</param>
/// <param name="Status">Its <c>status</c> as JSON; empty where it has none or nobody asked for it.</param>
/// <param name="Fault">Why it cannot be read; empty when it can.</param>
internal sealed record WatchedObject(
    ObjectKey Key, ObjectHead Head, Resource? Resource, ReadOnlyMemory<byte> Status, string Fault)
{
    /// <summary>
    /// True when it is known to ask for the same as before: its status changed, or nothing did.
    /// </summary>
    public bool IsUnchanged { get; init; }
}
