using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>NAT44 for traffic that leaves.</summary>
internal sealed record SourceNat(
    IReadOnlyList<string> Inside, IReadOnlyList<string> Outside, IReadOnlyList<IPAddress> Addresses,
        uint SessionsMax);
