using static Serval.Integration.Tests.Wire.Row;

namespace Serval.Integration.Tests.Wire;

/// <summary>Host, and the authority of absolute targets.</summary>
internal static class HostRows
{
    public static readonly WireRow[] All =
    [
        Bad("a request of HTTP/1.1 has a Host", "", "400 host-missing"),
        Bad("there is one Host, be it twice the same", "Host: a.test\r\nhost: a.test\r\n",
            "400 host-duplicate"),
        Bad("an empty Host is refused", "Host:\r\n", "400 host-invalid"),
        Bad("a list of hosts is refused", "Host: a.test, b.test\r\n", "400 host-invalid"),
        Bad("a host with user information is refused", "Host: u@a.test\r\n", "400 host-invalid"),
        Bad("a host with a path is refused", "Host: a.test/x\r\n", "400 host-invalid"),
        Bad("a host with an encoded byte is refused", "Host: a%2etest\r\n", "400 host-invalid"),
        Bad("a host with an empty label is refused", "Host: a..test\r\n", "400 host-invalid"),
        Bad("a port above 65535 is refused", "Host: a.test:65536\r\n", "400 host-invalid"),
        Bad("a port that is no number is refused", "Host: a.test:x\r\n", "400 host-invalid"),
        Bad("an address of IPv6 needs brackets", "Host: ::1\r\n", "400 host-invalid"),
        Bad("a zone in an address is refused", "Host: [fe80::1%25eth0]\r\n", "400 host-invalid"),
        Good("an empty port is no port", "a.test:", "a.test"),
        Good("an empty port behind an address is no port", "[::1]:", "[::1]"),
        Good("a port goes on", "a.test:8080", "a.test:8080"),
        Good("an address of IPv6 goes on", "[2001:db8::1]:8080", "[2001:db8::1]:8080"),
        Good("the case of a host goes on", "A.Test", "A.Test"),
        Good("a trailing dot goes on", "a.test.", "a.test."),
        Refused("Host confusion", "a bad Host is refused beside an absolute target",
            "GET http://a.test/ HTTP/1.1\r\nHost: a b\r\n\r\n", "400 host-invalid"),
        Refused("Host confusion", "an absolute target does not replace a Host",
            "GET http://a.test/ HTTP/1.1\r\n\r\n", "400 host-missing"),
        Refused("RFC 9110 §4.2.4", "a target with user information is refused",
            "GET http://u:p@a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", "400 host-invalid"),
        Refused("RFC 9112 §3.2.2", "an absolute target has a host",
            "GET http:///x HTTP/1.1\r\nHost: a.test\r\n\r\n",
            "400 host-invalid"),
        Passed("Host confusion", "an absolute target wins over Host everywhere",
            "GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-Host: c.test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n"),
    ];

    private static WireRow Bad(string name, string lines, string client) =>
        Refused("RFC 9112 §3.2", name, $"GET / HTTP/1.1\r\n{lines}\r\n", client);

    private static WireRow Good(string name, string host, string upstream) => Passed(
        "RFC 9110 §7.2", name, $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n",
        $"GET / HTTP/1.1\r\nHost: {upstream}\r\n\r\n");
}
