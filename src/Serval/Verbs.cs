using System.CommandLine;
using System.CommandLine.Help;
using Serval.CommandLine.Vpp;
using Serval.Common.Libc;

namespace Serval.CommandLine;

/// <summary>The verbs of the command line.</summary>
internal static class Verbs
{
    private const int StandardOutput = 1;

    // In the order in which the help names them.
    private static readonly (string Name, Func<Command> Create)[] Known =
    [
        ("run", RunVerb.Create),
        ("router", RouterVerb.Create),
        ("gateway", GatewayVerb.Create),
        ("init", InitVerb.Create),
        ("certs", CertsVerb.Create),
        ("validate", ValidateVerb.Create),
        ("explain", ExplainVerb.Create),
        ("status", StatusVerb.Create),
        ("config", ConfigVerb.Create),
        ("ready", ReadyVerb.Create),
        ("echo", EchoVerb.Create),
        ("egress", EgressVerb.Create),
        ("vpp-gateway", VppGatewayVerb.Create),
        ("vpp", VppVerb.Create),
        ("completion", CompletionVerb.Create),
        ("man", ManVerb.Create),
        ("version", ProgramVersionVerb.Create),
        ("help", HelpVerb.Create),
    ];

    /// <summary>The root with the verbs that a command line needs.</summary>
    public static RootCommand Root(string[] args)
    {
        RootCommand root = new("""
            Serval is an edge router configured by Gateway API objects.

              serval init blog=127.0.0.1:8000     write the files of a first site
              serval run site                     route as these files say
              serval validate site                check files without running
              serval explain GET http://blog.localhost:8080/ --config site
                                                  say which rule a request takes, and why

            Exit codes: 0 done or yes, 1 failed or no, 2 the command line is wrong.
            """);
        foreach (Command verb in For(args))
        {
            // The list of verbs has a line for each; its help says the rest.
            if (args is [] or ["-h" or "-?" or "--help"])
                verb.Description = verb.Description?.Split('\n')[0];
            root.Subcommands.Add(verb);
        }
        // Asked of the kernel: the library's console would take the terminal over.
        if (root.Options.OfType<HelpOption>().FirstOrDefault()?.Action is HelpAction help)
        {
            help.MaxWidth = Console.IsOutputRedirected
                ? int.MaxValue
                : TerminalSize.Of(StandardOutput).Columns;
        }
        root.SetAction(_ => root.Parse("--help").Invoke());
        return root;
    }

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
        Func<Command>[] named = first is "help" or "man"
            ? []
            : [.. Known.Where(verb => verb.Name == first).Select(verb => verb.Create)];
        return (named.Length > 0 ? named : Known.Select(verb => verb.Create)).Select(create => create());
    }
}
