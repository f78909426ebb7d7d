using System.CommandLine;
using System.CommandLine.Parsing;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp</c>: asks a running <c>serval vpp-gateway</c>, or tells it what to do.</summary>
internal static class VppVerb
{
    private const string Name = "vpp";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        ServerFlags server = new();
        Command verb = new(Name, """
            Ask and change VPP by way of a running vpp-gateway.
            Exit codes: 0 done, 2 usage, 3 not found, 4 refused, 5 unavailable, 6 denied, 7 changed
            meanwhile, 1 anything else
            """)
        {
            VersionVerb.Create(server),
            InterfacesVerb.Create(server),
            AclsVerb.Create(server),
            TunnelsVerb.Create(server),
            NatVerb.Create(server),
            StatsVerb.Create(server),
            EventsVerb.Create(server),
        };
        server.AddTo(verb);
        return verb;
    }

    /// <summary>The exit code of the process: of this verb's words, what makes no sense has one of its
    /// own.</summary>
    public static int ExitCodeOf(ParseResult parsed, int code)
    {
        if (code == 0 || parsed.Errors.Count == 0)
            return code;
        SymbolResult? result = parsed.CommandResult;
        while (result is not null)
        {
            if (result is CommandResult { Command.Name: Name })
                return ExitCode.Usage;
            result = result.Parent;
        }
        return code;
    }
}
