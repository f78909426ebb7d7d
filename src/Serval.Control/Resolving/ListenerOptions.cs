using Serval.Config.Model;
using Serval.Control.Admitting;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Settings of a listener that the Gateway API has no field for (<c>tls.options</c>).</summary>
internal sealed record ListenerOptions
{
    private const string Domain = "serval.dev/";

    /// <summary>Clients that offer only older versions are refused.</summary>
    public TlsVersion MinVersion { get; private init; }

    /// <summary>Whether the first bytes of a connection decide what it speaks.</summary>
    public bool Detection { get; private init; }

    /// <summary>Headers that carry what is known of a client's certificate.</summary>
    public string? SubjectHeader { get; private init; }

    public string? NamesHeader { get; private init; }

    public string? FingerprintHeader { get; private init; }

    /// <summary>Reads them; the verdict says which is not understood.</summary>
    public static (ListenerOptions Options, Verdict? Refusal) Read(
        IReadOnlyDictionary<string, string> source, string field, FindingList findings)
    {
        ListenerOptions options = new();
        Verdict? refusal = null;
        foreach ((string key, string value) in source.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            string at = $"{field}[{key}]";
            if (!key.StartsWith(Domain, StringComparison.Ordinal))
            {
                findings.Notice(at, Reason.Ignored, "Serval does not know this option, so it has no effect.");
                continue;
            }
            string? problem = null;
            options = key[Domain.Length..] switch
            {
                "min-tls-version" => options with { MinVersion = VersionOf(value, ref problem) },
                "protocol-detection" => options with { Detection = BoolOf(value, ref problem) },
                "client-subject-header" => options with { SubjectHeader = HeaderOf(value, ref problem) },
                "client-names-header" => options with { NamesHeader = HeaderOf(value, ref problem) },
                "client-fingerprint-header" =>
                    options with { FingerprintHeader = HeaderOf(value, ref problem) },
                _ => Unknown(options, ref problem),
            };
            if (problem is null)
                continue;
            refusal ??= Verdict.No(Reason.UnsupportedValue, $"{at}: {problem}");
            findings.Error(at, Reason.UnsupportedValue, problem);
        }
        return (options, refusal);
    }

    private static ListenerOptions Unknown(ListenerOptions options, ref string? problem)
    {
        problem = "Serval has no such option; use min-tls-version, protocol-detection, "
            + "client-subject-header, client-names-header or client-fingerprint-header.";
        return options;
    }

    private static TlsVersion VersionOf(string value, ref string? problem)
    {
        if (value is not ("1.2" or "1.3"))
            problem = $"'{value}' is not a TLS version that Serval speaks; use 1.2 or 1.3.";
        return value == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12;
    }

    private static bool BoolOf(string value, ref string? problem)
    {
        if (value is not ("true" or "false"))
            problem = $"'{value}' is neither true nor false.";
        return value == "true";
    }

    private static string? HeaderOf(string value, ref string? problem)
    {
        if (!Names.IsToken(value) || HeaderNames.IsProtected(value))
            problem = $"'{value}' is not the name of a header that Serval may set.";
        return value;
    }
}
