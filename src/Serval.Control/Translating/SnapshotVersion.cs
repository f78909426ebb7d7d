using System.Security.Cryptography;
using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.Control.Translating;

/// <summary>Names a snapshot by its content, so that equal inputs give the same version.</summary>
internal static class SnapshotVersion
{
    private const int HexDigits = 16;

    public static Snapshot Stamp(Snapshot snapshot)
    {
        byte[] hash = SHA256.HashData(SnapshotJson.Write(snapshot with { Version = "" }));
        return snapshot with { Version = Convert.ToHexStringLower(hash)[..HexDigits] };
    }
}
