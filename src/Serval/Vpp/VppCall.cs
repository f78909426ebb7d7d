using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Serval.Common;

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
            catch (OptionException fault)
            {
                return await Complaints.SayAsync(fault.Message, ExitCode.Usage);
            }
            catch (RpcException fault)
            {
                return await ComplainAsync(fault.Status, named);
            }
        });

    private static Task<int> ComplainAsync(Status status, string server)
    {
        // Of a bridge that cannot be reached, the library says less than the network does; and one that does
        // not speak TLS or HTTP/2 it calls faulty.
        if (status.DebugException is HttpRequestException or SocketException)
            status = new Status(StatusCode.Unavailable, status.DebugException.GetBaseException().Message);
        string reason = $"{NameOf(status.StatusCode)}: {VppPrinter.Clean(status.Detail)}";
        if (RemedyFor(status, server) is { } remedy)
            reason += $"\nremedy: {remedy}";
        return Complaints.SayAsync(reason, ExitCode.Of(status.StatusCode));
    }

    // What the bridge says of a request names the field and the remedy itself.
    private static string? RemedyFor(Status status, string server) => status.StatusCode switch
    {
        StatusCode.Unavailable when status.Detail.StartsWith("VPP is away", StringComparison.Ordinal) =>
            "look at VPP; the bridge connects again by itself",
        StatusCode.Unavailable =>
            $"look whether serval vpp-gateway runs and listens on {server}, and whether TLS fits (--tls-ca)",
        StatusCode.DeadlineExceeded =>
            "a change may have been made or not: list, then try again, with a longer --timeout",
        StatusCode.Unauthenticated => "give --token-file, or --tls-cert and --tls-key",
        StatusCode.PermissionDenied => "--allow-client of the bridge says who may call",
        StatusCode.NotFound => "the verb 'list' shows what there is",
        StatusCode.ResourceExhausted => "try again in a while",
        StatusCode.Unimplemented => "the bridge is older than this serval, or is something else",
        StatusCode.Internal or StatusCode.Unknown => "the log of the bridge says more",
        _ => null,
    };

    private static string NameOf(StatusCode code)
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
