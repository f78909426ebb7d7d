using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>NAT44 as VPP shows it.</summary>
/// <param name="SessionsMax">What VPP was enabled with; 0 while NAT44 is off.</param>
/// <param name="Addresses">The pool, those of others included.</param>
/// <param name="Inside">sw_if_index of each inside interface.</param>
/// <param name="Outside">sw_if_index of each outside interface.</param>
internal sealed record VppNat(
    uint SessionsMax, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<uint> Inside,
    IReadOnlyList<uint> Outside)
{
    public static readonly VppNat Disabled = new(0, [], [], []);

    public bool IsEnabled => SessionsMax > 0;
}
