namespace Serval.DataPlane.Http1;

/// <summary>What a step of a body's reader found in its input.</summary>
/// <param name="Start">Offset of the data.</param>
/// <param name="Length">Bytes of data; 0 for none.</param>
/// <param name="Consumed">Bytes of input that are used up: framing and data.</param>
internal readonly record struct BodyRun(int Start, int Length, int Consumed);
