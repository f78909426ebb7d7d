using System.CommandLine;
using System.Text;
using Serval.Grpc;

namespace Serval.CommandLine.Vpp;

/// <summary>Runs a verb against the bridge; says what went wrong, with the remedy, and with which exit
/// code.</summary>
internal static class VppCall
{
    /// <summary>Lets <paramref name="verb"/> do <paramref name="run"/>.</summary>
    public static void SetAction(
        Command verb, ServerFlags server, Func<ParseResult, VppClient, VppPrinter, Task> run) =>
        verb.SetAction(async (parsed, _) =>
        {
            string named = string.Empty;
            try
            {
                using VppClient client = server.Connect(parsed);
                named = client.Server;
                await run(parsed, client, server.Printer(parsed));
                return 0;
            }
            catch (UsageException fault)
            {
                return await Complaints.SayAsync(fault.Message, ExitCode.Usage);
            }
            catch (GrpcException fault)
            {
                return await ComplainAsync(fault.Status, named);
            }
        });

    private static Task<int> ComplainAsync(GrpcStatus status, string server)
    {
        string reason = $"{NameOf(status.Code)}: {VppPrinter.Clean(status.Detail)}";
        if (RemedyFor(status, server) is { } remedy)
            reason += $"\nremedy: {remedy}";
        return Complaints.SayAsync(reason, ExitCode.Of(status.Code));
    }

    // What the bridge says of a request names the field and the remedy itself.
    private static string? RemedyFor(GrpcStatus status, string server) => status.Code switch
    {
        GrpcStatusCode.Unavailable when status.Detail.StartsWith("VPP is away", StringComparison.Ordinal) =>
            "look at VPP; the bridge connects again by itself",
        GrpcStatusCode.Unavailable =>
            $"look whether serval vpp-gateway runs and listens on {server}, and whether TLS fits (--tls-ca)",
        GrpcStatusCode.DeadlineExceeded =>
            "a change may have been made or not: list, then try again, with a longer --timeout",
        GrpcStatusCode.Unauthenticated => "give --token-file, or --tls-cert and --tls-key",
        GrpcStatusCode.PermissionDenied => "--allow-client of the bridge says who may call",
        GrpcStatusCode.NotFound => "the verb 'list' shows what there is",
        GrpcStatusCode.ResourceExhausted => "try again in a while",
        GrpcStatusCode.Unimplemented => "the bridge is older than this serval, or is something else",
        GrpcStatusCode.Internal or GrpcStatusCode.Unknown => "the log of the bridge says more",
        _ => null,
    };

    private static string NameOf(GrpcStatusCode code)
    {
        StringBuilder name = new();
        foreach (char letter in code.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
