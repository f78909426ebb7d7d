using System.Diagnostics.CodeAnalysis;

namespace Serval.CommandLine;

/// <summary>URLs that options name.</summary>
internal static class HttpAddress
{
    /// <summary>Reads one; false if it is not absolute, or neither of http nor of https.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";
}
