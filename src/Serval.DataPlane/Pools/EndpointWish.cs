namespace Serval.DataPlane.Pools;

/// <summary>What an attempt asks of the pools.</summary>
/// <param name="Failed">The endpoint that failed last; -1 for none.</param>
/// <param name="FailedBefore">The one before; -1 for none.</param>
/// <param name="WasStale">
/// Whether the last attempt found that a kept connection had ended meanwhile: its endpoint may be well.
/// </param>
/// <param name="IsRepeatable">Whether the exchange can be sent again should it fail.</param>
/// <param name="ConnectTimeoutMs">How long connecting may take, for an endpoint that is due for a
/// trial.</param>
internal readonly record struct EndpointWish(
    int Failed, int FailedBefore, bool WasStale, bool IsRepeatable, int ConnectTimeoutMs);
