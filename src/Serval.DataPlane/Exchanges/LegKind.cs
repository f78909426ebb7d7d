namespace Serval.DataPlane.Exchanges;

/// <summary>
/// What carries one side of an exchange. The only switch on it is in <see cref="Legs{TRing}"/>.
/// </summary>
internal enum LegKind : byte
{
    /// <summary>Nothing: no upstream was chosen yet, or it was given back.</summary>
    None,

    /// <summary>An HTTP/1 connection, for as long as the exchange lasts.</summary>
    Http1,

    /// <summary>Bytes that nobody reads, either way: behind a 101, or from the start.</summary>
    Splice,
}
