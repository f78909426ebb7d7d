using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Store;

/// <summary>What a batch did to one object.</summary>
/// <param name="Key">The object.</param>
/// <param name="Before">What it was; null when it is new.</param>
/// <param name="After">What it is; null when it is gone. Never the same version as before.</param>
internal readonly record struct ObjectChange(ObjectKey Key, Resource? Before, Resource? After);
