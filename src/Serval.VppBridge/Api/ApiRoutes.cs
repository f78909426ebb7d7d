using System.Net;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Api;

/// <summary>Routes as the binary API packs them: one path each.</summary>
internal static class ApiRoutes
{
    private const int LabelStackBytes = 16 * 7;

    public static void Write(ApiWriter writer, bool isAdd, TunnelRoute route, uint interfaceIndex)
    {
        bool isV6 = route.Prefix.IsV6;
        writer.Bool(isAdd).Bool(false)
            .U32(0).U32(0).Prefix(route.Prefix).U8(1)
            .U32(interfaceIndex).U32(0).U32(0).U8(1).U8(0)
            .U32(0).U32(0).U32(isV6 ? 1u : 0u)
            .AddressUnion(route.Via).U32(0).U32(0).U32(0)
            .U8(0).Bytes(new byte[LabelStackBytes]);
    }

    /// <summary>True when the reply of a lookup has a path by way of that address and interface.</summary>
    public static bool HasPath(byte[] reply, IPAddress via, uint interfaceIndex)
    {
        var reader = new ApiReader(reply);
        if (reader.I32() != 0)
            return false;
        reader.Take(8);
        bool isV6 = reader.Prefix().IsV6;
        int count = reader.U8();
        for (int i = 0; i < count; i++)
        {
            uint index = reader.U32();
            reader.Take(10 + 12);
            IPAddress hop = reader.AddressUnion(isV6);
            reader.Take(12 + 1 + LabelStackBytes);
            if (index == interfaceIndex && hop.Equals(via))
                return true;
        }

        return false;
    }
}
