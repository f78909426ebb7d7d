using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Files;

/// <summary>An object and where it was written, <c>file:line</c>.</summary>
internal sealed record LoadedObject(Resource Resource, string Location);
