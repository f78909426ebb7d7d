using System.CommandLine;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp nat</c>: NAT44 for traffic that leaves.</summary>
internal static class NatVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server) => new("nat", "Source NAT")
    {
        CreateGet(server), CreateSet(server), CreateClear(server),
    };

    private static Command CreateGet(ServerFlags server)
    {
        Command verb = new("get", "The whole setting");
        VppCall.SetAction(verb, server, async (_, client, printer) =>
        {
            GetSourceNatResponse answer = await client.Gateway.GetSourceNatAsync(
                new GetSourceNatRequest(), client.Once);
            SourceNat nat = answer.SourceNat;
            TextTable table = new("INSIDE", "OUTSIDE", "ADDRESSES", ">SESSIONS-MAX", "VERSION");
            table.Add(
                TextTable.List(nat.InsideInterfaces), TextTable.List(nat.OutsideInterfaces),
                TextTable.List(nat.Addresses), nat.SessionsMax == 0 ? "" : VppPrinter.Number(nat.SessionsMax),
                nat.ResourceVersion);
            printer.Print(nat, table);
        });
        return verb;
    }

    private static Command CreateSet(ServerFlags server)
    {
        Option<string?> file = MessageFile.Option("A SourceNat");
        return CreateChange(
            server, new Command("set", "Replace the whole setting") { file },
            parsed => MessageFile.ReadAsync<SourceNat>(parsed.GetValue(file)!));
    }

    private static Command CreateClear(ServerFlags server) => CreateChange(
        server, new Command("clear", "Take away what was set; NAT44 stays enabled in VPP"),
        _ => Task.FromResult(new SourceNat()));

    private static Command CreateChange(
        ServerFlags server, Command verb, Func<ParseResult, Task<SourceNat>> read)
    {
        ChangeFlags flags = new();
        verb.Options.Add(flags.DryRun);
        verb.Options.Add(flags.ResourceVersion);
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            SetSourceNatRequest request = new()
            {
                SourceNat = await read(parsed),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            SetSourceNatResponse answer = await client.Gateway.SetSourceNatAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, "source NAT", request.DryRun);
        });
        return verb;
    }
}
