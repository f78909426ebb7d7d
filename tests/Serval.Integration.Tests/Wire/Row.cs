namespace Serval.Integration.Tests.Wire;

/// <summary>The common kinds of rows.</summary>
internal static class Row
{
    /// <summary>Refused before the upstream saw a byte; the connection ends.</summary>
    public static WireRow Refused(string source, string name, string request, string client) =>
        new(source, name, request, client, Upstream: null) { Stays = false };

    /// <summary>Reaches the upstream in this form and is answered <c>ok</c>.</summary>
    public static WireRow Passed(string source, string name, string request, string upstream) =>
        new(source, name, request, "200 ok", upstream);

    /// <summary>A GET with these lines, which reach the upstream in this form.</summary>
    public static WireRow Lines(string source, string name, string lines, string upstream) => Passed(
        source, name, $"GET / HTTP/1.1\r\nHost: a.test\r\n{lines}\r\n",
        $"GET / HTTP/1.1\r\nHost: a.test\r\n{upstream}\r\n");

    /// <summary>A GET whose lines are refused.</summary>
    public static WireRow BadLines(string source, string name, string lines, string client) => Refused(
        source, name, $"GET / HTTP/1.1\r\nHost: a.test\r\n{lines}\r\n", client);

    /// <summary>A POST whose framing is refused.</summary>
    public static WireRow BadFraming(string source, string name, string lines, string client) => Refused(
        source, name, $"POST / HTTP/1.1\r\nHost: a.test\r\n{lines}\r\n\r\n5\r\nhello\r\n0\r\n\r\n", client);

    /// <summary>A plain GET that the upstream answers in this way.</summary>
    public static WireRow Reply(string source, string name, string reply, string client) =>
        new(source, $"{name} in a response", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", client,
            "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        { Reply = reply };
}
