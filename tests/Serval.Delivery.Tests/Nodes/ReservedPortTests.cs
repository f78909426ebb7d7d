using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Nodes;

/// <summary>The port of the VPP gateway is one that Linux would give to outgoing connections.</summary>
public sealed class ReservedPortTests
{
    private const string Unit = "examples/vpp-gateway/serval-vpp-gateway.service";

    [RootFact("python3", "unshare")]
    public async Task The_unit_keeps_the_port_from_outgoing_connections()
    {
        // What systemd makes of the line: $$ is $, and "+" is for root.
        string line = Repository.Read(Unit).Split('\n').Single(
            line => line.StartsWith("ExecStartPre=+/bin/sh -c '", StringComparison.Ordinal));
        string script = line["ExecStartPre=+/bin/sh -c '".Length..^1]
            .Replace("$$", "$", StringComparison.Ordinal);
        Assert.Equal("8080,50052\n50053\nCannot assign requested address\n", await SeeAsync(script));

        // Without it the second one takes the port.
        Assert.Equal("8080\n50053\n50052\n", Sorted(await SeeAsync("true")));
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_DaemonSet_keeps_its_port_from_outgoing_connections()
    {
        string[] open =
        [
            "-f", Repository.PathOf("charts/serval/ci/everything.yaml"),
            "--set", "vppGateway.tcp.port=50077",
        ];
        Manifest made = (await ChartTool.ObjectsAsync(open))
            .Single(made => made.ToString() == "DaemonSet serval-vpp-gateway");
        Assert.Equal(
            """[{"name":"net.ipv4.ip_local_reserved_ports","value":"50077"}]""",
            made.PodSpec!["securityContext"]!["sysctls"]!.ToJsonString());
        Manifest shut = (await ChartTool.ObjectsAsync("--set", "vppGateway.enabled=true"))
            .Single(made => made.ToString() == "DaemonSet serval-vpp-gateway");
        Assert.Null(shut.PodSpec!["securityContext"]!["sysctls"]);
    }

    private static async Task<string> SeeAsync(string script) => (await Command.RunAsync(
        "unshare", "--net", "python3",
        Repository.PathOf("tests/Serval.Delivery.Tests/Nodes/reserve.py"), "sh", "-c", script)).Good;

    // Which of the two ports comes first is the kernel's choice.
    private static string Sorted(string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        return string.Join('\n', [lines[0], .. lines[1..].OrderDescending(StringComparer.Ordinal)]) + "\n";
    }
}
