using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>A bucket while its candidates are being collected. Blittable.</summary>
internal struct DraftBucket
{
    /// <summary>Its node.</summary>
    public int Node;

    /// <summary>How its path is compared.</summary>
    public PathMatchKind Kind;

    /// <summary>Its path.</summary>
    public Slice Path;

    /// <summary>Its hash in the index.</summary>
    public uint Key;

    /// <summary>How many candidates it has.</summary>
    public int Count;
}
