using System.CommandLine;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary>The verbs of the command line.</summary>
internal static class Verbs
{
    // In the order in which the help names them.
    private static readonly (string Name, Func<Command> Create)[] Known =
    [
        ("run", RunVerb.Create),
        ("router", RouterVerb.Create),
        ("gateway", GatewayVerb.Create),
        ("status", StatusVerb.Create),
        ("certs", CertsVerb.Create),
        ("validate", ValidateVerb.Create),
        ("explain", ExplainVerb.Create),
        ("ready", ReadyVerb.Create),
        ("echo", EchoVerb.Create),
        ("egress", EgressVerb.Create),
        ("vpp-gateway", VppGatewayVerb.Create),
        ("vpp", VppVerb.Create),
    ];

    /// <summary>
    /// The verbs that a command line needs: the one that it starts with, none for <c>--version</c>, and
    /// otherwise all, so that the help, completions and suggestions for a misspelt verb know them. Each
    /// verb has dozens of options, which cost time and memory at every start.
    /// </summary>
    public static IEnumerable<Command> For(string[] args)
    {
        string first = args.Length > 0 ? args[0] : "";
        if (first == "--version")
            return [];
        Func<Command>[] named =
            [.. Known.Where(verb => verb.Name == first).Select(verb => verb.Create)];
        return (named.Length > 0 ? named : Known.Select(verb => verb.Create)).Select(create => create());
    }
}
