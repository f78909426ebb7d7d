using System.Globalization;
using System.Text.RegularExpressions;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>
/// Has a client do the same twice, directly and through Serval, and compares line by line what it saw.
/// docs/clients.md lists what may differ, and why.
/// </summary>
internal static partial class Comparison
{
    /// <summary>Lets a test look at both ways by itself: base URLs without a trailing slash.</summary>
    public static async Task ShowAsync(IUpstream upstream, Func<string, string, Task> look)
    {
        await using RunningRouter router = await RouterAsync(upstream);
        await look(Url(upstream.Port), Url(router.Port));
    }

    /// <summary>Compares; the client gets a base URL without a trailing slash.</summary>
    public static async Task CheckAsync(IUpstream upstream, Func<string, Task<string>> observe)
    {
        await using RunningRouter router = await RouterAsync(upstream);
        string direct = await observe(Url(upstream.Port));
        string through = await observe(Url(router.Port));
        Assert.NotEqual("", direct.Trim());
        string[] expected = Comparable(direct, upstream.Port);
        string[] actual = Comparable(through, router.Port);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
        int[] failures = Failures(direct);
        int[] failuresThrough = Failures(through);
        Assert.Equal(failures.Length, failuresThrough.Length);
        for (int i = 0; i < failures.Length; i++)
        {
            Assert.True(
                failuresThrough[i] <= failures[i],
                $"{failuresThrough[i]} errors, {failures[i]} directly:\n{through}");
        }
    }

    private static Task<RunningRouter> RouterAsync(IUpstream upstream) => RunningRouter.StartAsync(
        Objects.Route("all", Objects.Rule("/", "up")) + Objects.Service("up", ("127.0.0.1", upstream.Port)));

    private static string Url(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static string[] Comparable(string text, int port)
    {
        string[] lines =
        [
            .. text.Replace(port.ToString(CultureInfo.InvariantCulture), "PORT", StringComparison.Ordinal)
                .Split('\n').Select(line => line.TrimEnd('\r'))
                .Where(line => !OfOneHop().IsMatch(line))
                .Where(line => !line.StartsWith("errors ", StringComparison.Ordinal)),
        ];
        SortHeads(lines);
        return lines;
    }

    // The order of header lines of different names means nothing (RFC 9110 §5.3); that of one name stays.
    private static void SortHeads(string[] lines)
    {
        for (int start = 0; start < lines.Length; start++)
        {
            if (!lines[start].StartsWith("HTTP/1.", StringComparison.Ordinal))
                continue;
            // A client of HTTP/1.0 is told the version of whoever answers.
            lines[start] = "HTTP/1.x" + lines[start][8..];
            int end = Array.IndexOf(lines, "", start);
            if (end < 0)
                end = lines.Length;
            string[] sorted =
            [
                .. lines[(start + 1)..end]
                    .OrderBy(line => line.Split(':')[0], StringComparer.OrdinalIgnoreCase),
            ];
            sorted.CopyTo(lines, start + 1);
        }
    }

    private static int[] Failures(string text) =>
    [
        .. text.Split('\n').Where(line => line.StartsWith("errors ", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)),
    ];

    // Lines of headers that concern one connection, the time, or who asked; docs/clients.md has the reasons.
    [GeneratedRegex(
        "^(connection|keep-alive|transfer-encoding|date|via|x-forwarded-[a-z]+|x-request-id|traceparent):",
        RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex OfOneHop();
}
