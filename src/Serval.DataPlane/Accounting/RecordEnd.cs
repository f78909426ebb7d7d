namespace Serval.DataPlane.Accounting;

/// <summary>What a record says of the end of its exchange.</summary>
/// <param name="UnixMs">When, Unix milliseconds.</param>
/// <param name="Status">The status that the client can have seen; 0 for none.</param>
/// <param name="DurationUs">Microseconds since the head of the request.</param>
/// <param name="BytesReceived">Bytes that the client has sent for it.</param>
internal readonly record struct RecordEnd(long UnixMs, int Status, long DurationUs, long BytesReceived);
