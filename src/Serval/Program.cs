using System.CommandLine;
using Serval.CommandLine;
using Serval.CommandLine.Vpp;

RootCommand root = new("""
    Serval is an edge router configured by Gateway API objects.

      serval run examples/quickstart      route as these files say
      serval validate examples/quickstart check files without running
      serval explain GET http://echo.example.com/ --config examples/quickstart
                                          say which rule a request takes, and why
    """);
foreach (Command verb in Verbs.For(args))
    root.Subcommands.Add(verb);

// The verbs drain on SIGINT and SIGTERM themselves; the library's two seconds would cut that short.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = null };
ParseResult parsed = root.Parse(args);
return VppVerb.ExitCodeOf(parsed, await parsed.InvokeAsync(configuration));
