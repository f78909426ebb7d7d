using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Filters that need a treatment of their own.</summary>
internal static class FilterRows
{
    private const string Lines = "HTTP/1.1\r\nHost: a.test\r\n";

    public static readonly WireRow[] All =
    [
        Passed("RFC 9112 §3.2", "a header filter sets the one Host", $"GET /as-other {Lines}\r\n",
            "GET /as-other HTTP/1.1\r\nHost: b.test:8080\r\nX-A: a\r\n\r\n"),
        Passed("RFC 9112 §3.2", "a header filter of a backend sets the one Host",
            $"GET /as-backend {Lines}\r\n", "GET /as-backend HTTP/1.1\r\nHost: c.test\r\n\r\n"),
        new("HTTPRouteFilter", "a rule with an unknown filter answers 500, and its neighbours go on",
            $"GET /guarded/x {Lines}\r\nGET /other {Lines}\r\n", "500 no-backend | 200 ok",
            $"GET /other {Lines}\r\n"),
    ];
}
