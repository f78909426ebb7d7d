using System.CommandLine;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp interfaces</c>: the interfaces of VPP, those of others included.</summary>
internal static class InterfacesVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server)
    {
        Argument<string[]> names = new("NAME")
        {
            Description = "Interfaces by name",
            Arity = ArgumentArity.OneOrMore,
        };
        Command list = new("list", "All interfaces");
        Command get = new("get", "The interfaces of these names") { names };
        VppCall.SetAction(list, server, (_, client, printer) => PrintAsync(client, printer, []));
        VppCall.SetAction(
            get, server, (parsed, client, printer) => PrintAsync(client, printer, parsed.GetValue(names)!));
        return new Command("interfaces", "Interfaces of VPP") { list, get };
    }

    private static async Task PrintAsync(VppClient client, VppPrinter printer, string[] names)
    {
        GetInterfacesRequest request = new();
        request.Names.AddRange(names);
        GetInterfacesResponse answer = await client.Gateway.GetInterfacesAsync(request, client.Once);
        TextTable table = new(
            "NAME", ">INDEX", "ADMIN", "LINK", ">MTU", "ADDRESSES", "INPUT-ACLS", "OUTPUT-ACLS", "TUNNEL");
        foreach (Interface item in answer.Interfaces.OrderBy(item => item.Name, StringComparer.Ordinal)
            .ThenBy(item => item.SwIfIndex))
        {
            table.Add(
                item.Name, VppPrinter.Number(item.SwIfIndex), UpOrDown(item.AdminUp),
                item.HasLinkUp ? UpOrDown(item.LinkUp) : "", item.Mtu == 0 ? "" : VppPrinter.Number(item.Mtu),
                TextTable.List(item.Addresses), TextTable.List(item.InputAcls),
                TextTable.List(item.OutputAcls), item.Tunnel);
        }
        printer.Print(answer, table);
    }

    private static string UpOrDown(bool isUp) => isUp ? "up" : "down";
}
