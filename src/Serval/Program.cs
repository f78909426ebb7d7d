using System.CommandLine;
using Serval.CommandLine;

Terminal.TakeOver();
RootCommand root = Verbs.Root(args);
// The verbs drain on SIGINT and SIGTERM themselves; the library's two seconds would cut that short.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = null };
ParseResult parsed = root.Parse(args);
return UsageError.Find(parsed) is { } fault
    ? UsageError.Say(parsed, fault)
    : await parsed.InvokeAsync(configuration);
