using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// One side of an exchange: what carries it, and how far its two bodies are there. Blittable; the verbs are
/// in <see cref="Legs{TRing}"/>.
/// </summary>
internal struct Leg
{
    public LegKind Kind;

    /// <summary>How the body is framed that goes out here.</summary>
    public BodyWriter Writer;

    /// <summary>Its transport's slot; -1 for none.</summary>
    public int Transport;

    /// <summary>The body that comes in here.</summary>
    public BodyReader Reader;

    /// <summary>No leg.</summary>
    public static Leg None => new() { Transport = -1 };

    /// <summary>Whether something carries it.</summary>
    public readonly bool IsAttached => Kind != LegKind.None;
}
