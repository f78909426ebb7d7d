using System.Collections.Immutable;
using System.CommandLine;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary>The verbs of the command line.</summary>
internal static class Verbs
{
    /// <summary>How each is made, in the order in which the help names them.</summary>
    public static ImmutableArray<(string Name, Func<Command> Create)> All { get; } =
    [
        ("run", RunVerb.Create),
        ("router", RouterVerb.Create),
        ("gateway", GatewayVerb.Create),
        ("status", StatusVerb.Create),
        ("validate", ValidateVerb.Create),
        ("explain", ExplainVerb.Create),
        ("ready", ReadyVerb.Create),
        ("echo", EchoVerb.Create),
        ("egress", EgressVerb.Create),
        ("vpp-gateway", VppGatewayVerb.Create),
        ("vpp", VppVerb.Create),
    ];

    /// <summary>
    /// Those that a command line can mean: the one that its first word names, all of them for help,
    /// completions and mistakes. A router does not carry the verbs of VPP, with the libraries they need, in
    /// memory all its life.
    /// </summary>
    public static IEnumerable<Command> For(IReadOnlyList<string> words)
    {
        foreach ((string name, Func<Command> create) in All)
        {
            if (words.Count > 0 && words[0] == name)
                return [create()];
        }
        return All.Select(verb => verb.Create());
    }
}
