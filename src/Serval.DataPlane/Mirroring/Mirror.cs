using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Mirroring;

/// <summary>
/// A copy of a request on its way to another cluster, and the response that is read and dropped. Blittable.
/// Owner: <see cref="MirrorTable{TRing}"/>. Bound: <see cref="Limits.MirrorsInFlight"/>.
/// </summary>
internal struct Mirror
{
    /// <summary>The exchange whose body is still being copied; -1 once the request is whole.</summary>
    public int Exchange;

    /// <summary>The next copy of the same request; -1 for none.</summary>
    public int Next;

    public int Transport;
    public int Endpoint;

    /// <summary>Decides whether a response has a body.</summary>
    public MethodKind Method;

    /// <summary>Whether the head of the final response was read.</summary>
    public bool HasHead;

    /// <summary>Whether the connection can carry another request afterwards.</summary>
    public bool KeepsAlive;

    /// <summary>The body of the response.</summary>
    public BodyReader Reader;
}
