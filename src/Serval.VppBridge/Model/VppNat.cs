using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>NAT44 as VPP shows it.</summary>
internal sealed record VppNat(
    bool IsEnabled, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<uint> Inside,
        IReadOnlyList<uint> Outside)
{
    public static readonly VppNat Disabled = new(false, [], [], []);
}
