using System.CommandLine;
using System.CommandLine.Parsing;
using Serval.Common;
using Serval.Control;
using Serval.Control.Publishing;

namespace Serval.CommandLine;

/// <summary>The options of everything that reads a Kubernetes API, and what they turn into.</summary>
internal sealed class GatewayFlags
{
    private readonly Option<string?> _kubeconfig = File(
        "--kubeconfig", "Kubeconfig of the API server; without it, the pod's service account");

    private readonly Option<string> _controllerName = Text(
        "--controller-name", "NAME", "Serve Gateways whose class names this controller",
        "serval.dev/gateway-controller");

    private readonly Option<string[]> _addressPools = new("--address-pool")
    {
        HelpName = "CIDR",
        Description = "Take an address from here for Gateways that name none; may be given several times",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _leaseNamespace = Text(
        "--lease-namespace", "NAME", "Namespace of the Lease that elects who writes status",
        Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "serval-system");

    private readonly Option<string> _leaseName =
        Text("--lease-name", "NAME", "Name of that Lease", "serval-gateway");

    // No default of the library's: the help and the manual would show the name of the machine at hand.
    private readonly Option<string?> _identity = new("--identity")
    {
        HelpName = "NAME",
        Description = "Unique name of this replica in the Lease; the pod's name and UID by default",
    };

    private readonly Option<Duration> _leaseDuration = DurationOption.Create(
        "--lease-duration", "How long the Lease is valid without renewal, in whole seconds",
        new Duration(new GatewayOptions { Identity = "" }.LeaseSeconds * 1_000),
        least: 1_000, most: 3_600_000, step: 1_000);

    private readonly Option<(string, string)?> _routerService = new("--router-service")
    {
        HelpName = "NAMESPACE/NAME",
        Description = "Push to the routers of this headless Service",
        CustomParser = ParseService,
    };

    private readonly Option<Uri[]> _dataPlaneUrls = new("--data-plane-url")
    {
        HelpName = "URL",
        Description = "Push to the router whose admin API has this URL; may be given several times",
        DefaultValueFactory = _ => [],
        CustomParser = ParseUrls,
    };

    private readonly Option<string?> _tokenFile = File(
        "--data-plane-token-file", "Bearer token of the routers' admin APIs");

    private readonly Option<string?> _authorityFile = File(
        "--data-plane-ca", "CA of the routers' certificates; makes pushes use TLS");

    private readonly Option<string?> _certificateFile = File(
        "--data-plane-cert", "Certificate that the gateway shows to routers");

    private readonly Option<string?> _keyFile = File("--data-plane-key", "Key of that certificate");

    private readonly Option<string?> _serverName = new("--data-plane-name")
    {
        HelpName = "NAME",
        Description = "Name that routers' certificates must have; the address by default",
    };

    /// <summary>Adds what every reader of a Kubernetes API takes.</summary>
    public void AddSourceTo(Command verb)
    {
        Option[] options =
        [
            _kubeconfig, _controllerName, _addressPools, _leaseNamespace, _leaseName, _identity,
            _leaseDuration,
        ];
        foreach (Option option in options)
            verb.Options.Add(option);
    }

    /// <summary>Adds what is told of routers over HTTP.</summary>
    public void AddRoutersTo(Command verb)
    {
        Option[] options =
        [
            _routerService, _dataPlaneUrls, _tokenFile, _authorityFile, _certificateFile, _keyFile,
                _serverName,
        ];
        foreach (Option option in options)
            verb.Options.Add(option);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(_routerService) is null
                && result.GetValue(_dataPlaneUrls) is not { Length: > 0 })
                result.AddError("Say where the routers are: --router-service or --data-plane-url.");
        });
    }

    /// <summary>What a gateway with routers over HTTP does.</summary>
    public GatewayOptions WithRouters(ParseResult parsed) => Source(parsed) with
    {
        RouterService = parsed.GetValue(_routerService),
        DataPlaneUrls = [.. parsed.GetValue(_dataPlaneUrls)!],
        Access = new RouterAccess
        {
            TokenFile = parsed.GetValue(_tokenFile),
            AuthorityFile = parsed.GetValue(_authorityFile),
            CertificateFile = parsed.GetValue(_certificateFile),
            KeyFile = parsed.GetValue(_keyFile),
            ServerName = parsed.GetValue(_serverName),
        },
    };

    /// <summary>What a gateway in the process of its router does.</summary>
    public GatewayOptions Source(ParseResult parsed) => new()
    {
        Kubeconfig = parsed.GetValue(_kubeconfig),
        ControllerName = parsed.GetValue(_controllerName)!,
        AddressPools = [.. parsed.GetValue(_addressPools)!],
        LeaseNamespace = parsed.GetValue(_leaseNamespace)!,
        LeaseName = parsed.GetValue(_leaseName)!,
        LeaseSeconds = (int)(parsed.GetValue(_leaseDuration).Milliseconds / 1_000),
        Identity = parsed.GetValue(_identity) ?? DefaultIdentity(),
    };

    private static string DefaultIdentity()
    {
        string pod = Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName;
        string uid = Environment.GetEnvironmentVariable("POD_UID") ?? Guid.NewGuid().ToString("N")[..8];
        return $"{pod}_{uid}";
    }

    private static Option<string?> File(string name, string description) => new(name)
    {
        HelpName = "FILE",
        Description = description,
    };

    private static Option<string> Text(string name, string help, string description, string value) =>
        new(name)
        {
            HelpName = help,
            Description = description,
            DefaultValueFactory = _ => value,
        };

    private static (string, string)? ParseService(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Split('/') is [{ Length: > 0 } space, { Length: > 0 } name])
            return (space, name);
        result.AddError($"{text} is not NAMESPACE/NAME, such as serval-system/serval-router-internal.");
        return null;
    }

    private static Uri[] ParseUrls(ArgumentResult result)
    {
        List<Uri> urls = [];
        foreach (Token token in result.Tokens)
        {
            if (HttpAddress.TryRead(token.Value, out Uri? url))
                urls.Add(url);
            else
                result.AddError($"{token.Value} is not a URL, such as https://192.0.2.1:9901.");
        }
        return [.. urls];
    }
}
