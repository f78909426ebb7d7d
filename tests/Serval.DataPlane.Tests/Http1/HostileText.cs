using FsCheck;
using FsCheck.Fluent;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>
/// Text as an attacker might send it: nearly valid, or made of what matters to the grammar.
/// </summary>
internal static class HostileText
{
    // Bytes that matter to the grammar, so that random text gets past the first line now and then.
    private static readonly Gen<char> Octet = Gen.Frequency(
        (6, Gen.Elements('\r', '\n', ' ', ':', '\t', '/', '.', '%', ';', ',', '0', '2', 'e', '\0', '_', 'a')),
        (1, Gen.Choose(0, 255).Select(octet => (char)octet)));

    private static readonly Gen<string> Fragment = Gen.Frequency(
        (1, Octet.ListOf().Select(octets => string.Concat(octets.Take(6)))),
        (1, Gen.Elements(
            "\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\n", "Host: a\r\n", "Content-Length: 5\r\n", "0\r\n",
            "5\r\nhello\r\n",
            "Transfer-Encoding: chunked\r\n", "Connection: close, te\r\n", "HTTP/1.1 200 OK\r\n", "http://",
            "Upgrade:")));

    // A valid head in which a few places were overwritten, cut out or doubled.
    private static readonly Gen<string> Mutant =
        from text in Gen.Elements(HeadText.ValidRequests)
        from mutations in (from at in Gen.Choose(0, 200)
                           from cut in Gen.Choose(0, 3)
                           from put in Fragment
                           select (at, cut, put)).ListOf(2)
        select mutations.Aggregate(text, (whole, mutation) =>
        {
            int at = Math.Min(mutation.at % (whole.Length + 1), whole.Length);
            int cut = Math.Min(mutation.cut, whole.Length - at);
            return whole[..at] + mutation.put + whole[(at + cut)..];
        });

    /// <summary>Any of them.</summary>
    public static readonly Gen<string> Any =
        Gen.OneOf(Mutant, Fragment.ListOf().Select(parts => string.Concat(parts)));
}
