using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Paths: what is matched is what is forwarded.</summary>
internal static class PathRows
{
    private const string Tail = " HTTP/1.1\r\nHost: a.test\r\n";

    public static readonly WireRow[] All =
    [
        Good("RFC 3986 §3.3", "two slashes stay", "//x//y"),
        Good("RFC 3986 §3.3", "parameters stay", "/x;a=b/y"),
        Good("RFC 3986 §3.3", "a trailing dot stays", "/x."),
        Good("RFC 3986 §3.3", "an encoded space stays", "/x%20"),
        Good("RFC 3986 §2.2", "sub-delimiters and their codes stay apart", "/a!b%21c"),
        Good("RFC 3986 §3.3", "three dots are a name", "/.../x"),
        Bad("Path normalisation bypass", "an encoded NUL is refused", "/a%00", "400 path-nul"),
        Bad("Path normalisation bypass", "a backslash is refused", "/a\\..\\admin", "400 path-backslash"),
        Bad("Path normalisation bypass", "an encoded backslash is refused", "/a%5c..%5cadmin",
            "400 path-backslash"),
        Bad("RFC 3986 §2.1", "a bad escape is refused", "/a%zz", "400 path-encoding"),
        Bad("RFC 3986 §2.1", "a cut escape is refused", "/a%2", "400 path-encoding"),
        Bad("CVE-2026-73511", "a dot segment with parameters is refused", "/x/..;a/admin",
            "400 path-dot-segment"),
    ];

    private static WireRow Good(string source, string name, string path) =>
        Passed(source, name, $"GET {path}{Tail}\r\n", $"GET {path}{Tail}\r\n");

    private static WireRow Bad(string source, string name, string path, string client) =>
        Refused(source, name, $"GET {path}{Tail}\r\n", client);
}
