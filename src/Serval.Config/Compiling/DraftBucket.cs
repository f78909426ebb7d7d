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

    /// <summary>Hash of the path alone.</summary>
    public ulong PathHash;

    /// <summary>How many candidates it has.</summary>
    public int Count;
}
