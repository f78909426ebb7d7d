using System.CommandLine;
using Serval.CommandLine;
using Serval.VppBridge;

namespace Serval.Integration.Tests.CommandLine;

public sealed class VppGatewayFlagsTests
{
    [Fact]
    public void Without_options_a_bridge_starts_as_its_defaults_say()
    {
        VppGatewayOptions options = Read();
        Assert.Equal(
            new VppGatewayOptions { AllowedClients = options.AllowedClients, AddSeries = options.AddSeries },
            options);
        Assert.Empty(options.AllowedClients);
    }

    [Fact]
    public void Each_option_says_what_it_names()
    {
        VppGatewayOptions options = Read(
            "--listen", "192.0.2.1:1", "--admin", "127.0.0.1:2", "--vpp-runtime-dir", "/vpp",
            "--vpp-transport", "cli", "--state-dir", "/state", "--key-dir", "/keys", "--repair", "false",
            "--allow-keys-over-cli", "--tls-cert-file", "/cert", "--tls-key-file", "/key",
            "--client-ca", "/ca", "--allow-client", "one", "--allow-client", "two",
            "--token-file", "/token");
        Assert.Equal(
            new VppGatewayOptions
            {
                Listen = "192.0.2.1:1",
                Admin = "127.0.0.1:2",
                VppRuntimeDirectory = "/vpp",
                Transport = VppTransportKind.Cli,
                StateDirectory = "/state",
                KeyDirectory = "/keys",
                Repair = false,
                AllowKeysOverCli = true,
                CertificateFile = "/cert",
                CertificateKeyFile = "/key",
                ClientCaFile = "/ca",
                AllowedClients = options.AllowedClients,
                TokenFile = "/token",
                AddSeries = options.AddSeries,
            },
            options);
        Assert.Equal(["one", "two"], options.AllowedClients);
    }

    private static VppGatewayOptions Read(params string[] options)
    {
        ParseResult parsed = VppGatewayVerb.Create().Parse(options);
        Assert.Empty(parsed.Errors);
        return VppGatewayVerb.Read(parsed);
    }
}
