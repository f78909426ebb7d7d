using System.CommandLine;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp version</c>: which VPP it is, and whether everything asked for is in
/// place.</summary>
internal static class VersionVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server)
    {
        Command verb = new("version", "Which VPP it is, and whether all that was asked for is in place");
        VppCall.SetAction(verb, server, async (_, client, printer) =>
        {
            GetVersionResponse answer = await client.Gateway.GetVersionAsync(
                new GetVersionRequest(), client.Once);
            TextTable table = new("VPP", "PID", "TRANSPORT", "CONVERGED", "CONNECTED-SINCE", "BRIDGE");
            table.Add(
                answer.VppVersion, VppPrinter.Number(answer.VppPid), answer.Transport,
                answer.Converged ? "yes" : "no", EventsVerb.Time(answer.ConnectedSince),
                answer.BridgeVersion);
            if (answer.Drift.Count == 0)
            {
                printer.Print(answer, table);
                return;
            }
            TextTable drift = new("DRIFT");
            foreach (string line in answer.Drift)
                drift.Add(line);
            printer.Print(answer, table, drift);
        });
        return verb;
    }
}
