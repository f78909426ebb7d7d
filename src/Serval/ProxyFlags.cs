using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Serval.DataPlane;

namespace Serval.CommandLine;

/// <summary>
/// What a router believes of proxies in front of it, and what it tells clients and upstreams of a request.
/// </summary>
internal sealed class ProxyFlags
{
    private readonly Option<ImmutableArray<IPNetwork>> _trusted = new("--trusted-proxies")
    {
        HelpName = "CIDR",
        Description = "Believe X-Forwarded-* and X-Request-Id of peers in this network; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
        CustomParser = ParseNetworks,
    };

    private readonly WordOption<Switch> _requestId = new(
        "--request-id", "Whether clients and upstreams are told the id of their request, X-Request-Id",
        Switch.On);

    private readonly WordOption<TraceParent> _traceParent = new(
        "--traceparent",
        "Whether a request without a valid traceparent gets one; keep leaves the field alone",
        TraceParent.Make);

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_trusted);
        verb.Options.Add(_requestId.Option);
        verb.Options.Add(_traceParent.Option);
    }

    /// <summary>The options of a router with these filled in.</summary>
    public RouterOptions Fill(RouterOptions options, ParseResult parsed) => options with
    {
        TrustedProxies = parsed.GetValue(_trusted),
        AddsRequestIds = _requestId.Read(parsed) == Switch.On,
        MakesTraceParents = _traceParent.Read(parsed) == TraceParent.Make,
    };

    private enum TraceParent
    {
        Make,
        Keep,
    }

    private static ImmutableArray<IPNetwork> ParseNetworks(ArgumentResult result)
    {
        ImmutableArray<IPNetwork>.Builder networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (Token token in result.Tokens)
        {
            if (!TryParse(token.Value, out IPNetwork network))
            {
                result.AddError(
                    $"--trusted-proxies: {token.Value} is not a network, such as 192.0.2.0/24 or "
                    + "2001:db8::/32.");
                return [];
            }

            networks.Add(network);
        }

        if (networks.Count <= RouterOptions.TrustedProxiesMax)
            return networks.ToImmutable();
        result.AddError(string.Create(CultureInfo.InvariantCulture,
            $"--trusted-proxies: {networks.Count} networks are too many; at most "
            + $"{RouterOptions.TrustedProxiesMax} are taken. Join neighbouring networks."));
        return [];
    }

    // An address alone is a network of one.
    private static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        if (!IPAddress.TryParse(text, out IPAddress? address) || address.ToString() != text)
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
