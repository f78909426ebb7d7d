using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Scaling;

/// <summary>All runs of one proxy at one size.</summary>
internal sealed record ScaleRow(ScaleStep Step, Row Row);
