namespace Serval.Config.Compiling;

/// <summary>Where copies of a rule's requests go. Blittable.</summary>
/// <param name="ClusterIndex">Number of the cluster, see <see cref="CompiledSnapshot.Cluster"/>.</param>
/// <param name="Numerator">Of <paramref name="Denominator"/> requests as many are copied.</param>
/// <param name="Denominator">1 or more.</param>
public readonly record struct CompiledMirror(int ClusterIndex, int Numerator, int Denominator);
