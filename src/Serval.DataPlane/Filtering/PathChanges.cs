using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>Paths as rewrites and redirects change them (Gateway API HTTPPathModifier).</summary>
internal static class PathChanges
{
    /// <summary>
    /// Writes a path after its change. It begins with one slash, whatever was replaced; <c>*</c> is not a
    /// path and stays. <paramref name="prefixLength"/> is what the rule's prefix matched, without a trailing
    /// slash.
    /// </summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder,
        CompiledSnapshot snapshot,
        in CompiledPathChange change,
        ReadOnlySpan<byte> path,
        int prefixLength)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (!change.IsPresent || path[0] != '/')
        {
            encoder.Add(path);
            return;
        }

        ReadOnlySpan<byte> start = snapshot.Bytes(change.Value);
        ReadOnlySpan<byte> rest = default;
        if (change.Kind == PathChangeKind.ReplacePrefix)
        {
            // The slash that ends a prefix and the one that begins the rest are the same slash.
            rest = path[Math.Min(prefixLength, path.Length)..];
            if (start.Length > 0 && start[^1] == '/')
                start = start[..^1];
        }

        start = start.TrimStart((byte)'/');
        if (start.IsEmpty)
            rest = rest.TrimStart((byte)'/');
        encoder.Add("/"u8);
        encoder.Add(start);
        encoder.Add(rest);
    }
}
