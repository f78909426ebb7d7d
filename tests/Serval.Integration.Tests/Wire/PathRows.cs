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
        Good("RFC 3986 §2.2", "an escaped slash is data and stays as it was written", "/@scope%2fname"),
        Good("RFC 3986 §6.2.2.1", "other escapes stay as they were written", "/caf%c3%a9x"),
        Good("RFC 3986 §2.4", "what is decoded once is not decoded twice", "/%252e%252e/x"),
        Changed("RFC 3986 §6.2.2.3", "a dot segment is removed", "/apt/./Packages", "/apt/Packages"),
        Changed("RFC 3986 §5.2.4", "a dot segment takes its parent along", "/a/b/../c?x=/../y",
            "/a/c?x=/../y"),
        Changed("RFC 3986 §6.2.2.2", "a letter that needs no code is decoded", "/%7euser/%41", "/~user/A"),
        Marked("Path normalisation bypass", "an encoded letter does not lead around a rule", "/%61dmin",
            "/admin"),
        Marked("Path normalisation bypass", "a dot segment does not lead around a rule", "/x/../admin",
            "/admin"),
        Marked("Path normalisation bypass", "an encoded dot segment does not lead around a rule",
            "/x/%2e%2E/%61dmin/y", "/admin/y"),
        Passed("RFC 3986 §6.2.2.1", "two spellings of one escape lead to one rule",
            $"GET /caf%c3%a9{Tail}\r\n", $"GET /caf%c3%a9{Tail}X-Rule: coffee\r\n\r\n"),
        Passed("RFC 9112 §3.2.2", "an absolute target obeys the same policy",
            $"GET http://a.test/x/../admin{Tail}\r\n", $"GET /admin{Tail}X-Rule: admin\r\n\r\n"),
        Refused400("RFC 3986 §5.2.4", "a dot segment above the root is refused", "/../admin",
            "400 path-above-root"),
        Refused400("CVE-2026-73511", "a dot segment with parameters is refused", "/x/..;a/admin",
            "400 path-dot-segment"),
        Refused400("CVE-2026-73551", "an encoded dot segment with parameters is refused", "/x/%2e%2e;/admin",
            "400 path-dot-segment"),
        Refused400("Path normalisation bypass", "a dot segment at an escaped slash is refused",
            "/x/..%2fadmin",
            "400 path-dot-segment"),
        Strict("an encoded letter is refused", "/%61dmin", "400 path-encoded-plain"),
        Strict("a dot segment is refused", "/x/../admin", "400 path-dot-segment"),
        Strict("an escaped slash is refused", "/@scope%2fname", "400 path-encoded-slash"),
        Strict("two slashes are refused", "//admin", "400 path-empty-segment"),
        Strict("parameters are refused", "/admin;x", "400 path-parameters"),
        Strict("a trailing dot is refused", "/admin.", "400 path-trailing-dot"),
        Strict("a trailing space is refused", "/admin%20", "400 path-trailing-dot"),
        Good("RFC 3986 §6.1", "a strict listener takes plain paths",
            "/a.b/~c%20d") with { Listener = "strict" },
        Good("RFC 3986 §6.1", "a raw listener takes every path as it came", "/x/..;y/%61/./%2f")
            with { Listener = "raw" },
        Bad("Path normalisation bypass", "a raw listener refuses an encoded NUL", "/a%00", "400 path-nul")
            with { Listener = "raw" },
    ];

    private static WireRow Good(string source, string name, string path) =>
        Passed(source, name, $"GET {path}{Tail}\r\n", $"GET {path}{Tail}\r\n");

    private static WireRow Changed(string source, string name, string path, string forwarded) =>
        Passed(source, name, $"GET {path}{Tail}\r\n", $"GET {forwarded}{Tail}\r\n");

    private static WireRow Marked(string source, string name, string path, string forwarded) =>
        Passed(source, name, $"GET {path}{Tail}\r\n", $"GET {forwarded}{Tail}X-Rule: admin\r\n\r\n");

    // Refused by a listener's policy: where the next request begins is known, so the connection stays.
    private static WireRow Refused400(string source, string name, string path, string client) =>
        new(source, name, $"GET {path}{Tail}\r\n", client, Upstream: null);

    private static WireRow Strict(string name, string path, string client) =>
        Refused400("Path normalisation bypass", $"{name} by a strict listener", path, client)
            with
        { Listener = "strict" };

    private static WireRow Bad(string source, string name, string path, string client) =>
        Refused(source, name, $"GET {path}{Tail}\r\n", client);
}
