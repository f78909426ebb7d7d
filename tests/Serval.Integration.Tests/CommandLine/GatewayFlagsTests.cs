using System.CommandLine;
using Serval.CommandLine;
using Serval.Control;

namespace Serval.Integration.Tests.CommandLine;

public sealed class GatewayFlagsTests
{
    [Fact]
    public void Without_options_a_gateway_starts_as_its_defaults_say()
    {
        GatewayOptions standard = new() { Identity = "me" };
        GatewayOptions options = Read("--data-plane-url", "http://127.0.0.1:1", "--identity", "me");
        Assert.Equal(
            standard with
            {
                AddressPools = options.AddressPools,
                DataPlaneUrls = options.DataPlaneUrls,
                Access = options.Access,
                LeaseNamespace = options.LeaseNamespace, // a pod says it in its environment
            },
            options);
        Assert.Empty(options.AddressPools);
        Assert.Null(options.Access.FindFault());
    }

    [Fact]
    public void Each_option_of_the_cluster_says_what_it_names()
    {
        GatewayOptions options = Read(
            "--router-service", "space/routers", "--kubeconfig", "/kube", "--controller-name", "a.b/c",
            "--address-pool", "192.0.2.0/24", "--address-pool", "2001:db8::/64",
            "--lease-namespace", "ns", "--lease-name", "lease", "--identity", "me",
            "--lease-duration", "40s");
        Assert.Equal(("space", "routers"), options.RouterService);
        Assert.Equal(
            ("/kube", "a.b/c", "ns", "lease", 40, "me"),
            (options.Kubeconfig, options.ControllerName, options.LeaseNamespace, options.LeaseName,
                options.LeaseSeconds, options.Identity));
        Assert.Equal("192.0.2.0/24 2001:db8::/64", string.Join(' ', options.AddressPools));
    }

    [Fact]
    public void Each_option_of_the_routers_says_what_it_names()
    {
        GatewayOptions options = Read(
            "--data-plane-url", "https://192.0.2.1:9901", "--data-plane-url", "https://192.0.2.2:9901",
            "--data-plane-token-file", "/token", "--data-plane-ca", "/ca", "--data-plane-cert", "/cert",
            "--data-plane-key", "/key", "--data-plane-name", "router");
        Assert.Null(options.RouterService);
        Assert.Equal(
            ["https://192.0.2.1:9901/", "https://192.0.2.2:9901/"],
            options.DataPlaneUrls.Select(url => url.ToString()));
        Assert.Equal(
            ("/token", "/ca", "/cert", "/key", "router"),
            (options.Access.TokenFile, options.Access.AuthorityFile, options.Access.CertificateFile,
                options.Access.KeyFile, options.Access.ServerName));
    }

    private static GatewayOptions Read(params string[] options)
    {
        Command verb = new("gateway");
        GatewayFlags flags = new();
        flags.AddSourceTo(verb);
        flags.AddRoutersTo(verb);
        ParseResult parsed = verb.Parse(options);
        Assert.Empty(parsed.Errors);
        return flags.WithRouters(parsed);
    }
}
