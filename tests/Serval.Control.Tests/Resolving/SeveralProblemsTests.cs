using System.Collections.Immutable;
using System.Text.Json;
using Serval.Config;
using Serval.Config.Validating;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Resolving;

/// <summary>
/// Objects with more than one problem: a finding tells of each, and the condition names the first. And
/// bounds: what is just allowed, and what is one more.
/// </summary>
public sealed class SeveralProblemsTests
{
    [Fact]
    public void A_Gateway_is_refused_for_its_first_address_and_findings_tell_of_all()
    {
        Translation translation = SmallObjects.Translate(WithAddresses(
            new GatewayAddress { Type = "Hostname", Value = "a.example" },
            new GatewayAddress { Value = "nonsense" }, new GatewayAddress { Value = "0.0.0.0" }));
        Condition accepted = Accepted(Gateway(translation).Conditions);
        Assert.Equal(ConditionStatus.False, accepted.Status);
        Assert.Equal(Reason.UnsupportedAddress, accepted.Reason);
        Assert.StartsWith("spec.addresses[0]: ", accepted.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                "spec.addresses[0]", "spec.addresses[1]", "spec.addresses[2]",
                "spec.infrastructure.parametersRef",
            ],
            Errors(translation));
    }

    [Fact]
    public void A_Gateway_with_parameters_is_refused_for_them()
    {
        Condition accepted = Accepted(Gateway(SmallObjects.Translate(WithAddresses())).Conditions);
        Assert.Equal(ConditionStatus.False, accepted.Status);
        Assert.Equal(Reason.InvalidParameters, accepted.Reason);
    }

    [Fact]
    public void A_listener_is_refused_for_its_first_option_and_findings_tell_of_all()
    {
        Translation translation = SmallObjects.Translate(SmallObjects.Gateway("edge", 0, Tls(new()
        {
            ["serval.dev/min-tls-version"] = "1.1",
            ["serval.dev/protocol-detection"] = "perhaps",
            ["other.example/option"] = "x",
        })));
        Condition accepted = Accepted(Listener(translation).Conditions);
        Assert.Equal(Reason.UnsupportedValue, accepted.Reason);
        Assert.Contains("[serval.dev/min-tls-version]", accepted.Message, StringComparison.Ordinal);
        Assert.Equal(
            2, Errors(translation).Count(field => field.Contains("options", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("1.2", true)]
    [InlineData("1.3", true)]
    [InlineData("1.1", false)]
    [InlineData("", false)]
    public void Two_versions_of_TLS_can_be_the_least(string version, bool isAccepted)
    {
        Translation translation = SmallObjects.Translate(SmallObjects.Gateway(
            "edge", 0, Tls(new() { ["serval.dev/min-tls-version"] = version })));
        Assert.Equal(isAccepted, Accepted(Listener(translation).Conditions).Status == ConditionStatus.True);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_listener_whose_full_name_is_too_long_is_refused(int more, bool isAccepted)
    {
        string name = new('n', ConfigLimits.NameLength - "shop/edge/".Length + more);
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener(name)));
        Condition accepted = Accepted(Listener(translation).Conditions);
        Assert.Equal(isAccepted ? ConditionStatus.True : ConditionStatus.False, accepted.Status);
        Assert.Equal(isAccepted ? 1 : 0, translation.Snapshot.Listeners.Length);
        if (isAccepted)
            return;
        Assert.Equal(Reason.Invalid, accepted.Reason);
        Assert.Contains($"longer than {ConfigLimits.NameLength} characters", accepted.Message,
            StringComparison.Ordinal);
        Assert.Contains("spec.listeners[0].name", Errors(translation));
    }

    [Fact]
    public void A_listener_that_no_router_would_take_is_refused_with_the_reason()
    {
        Translation translation = SmallObjects.Translate(SmallObjects.Gateway(
            "edge", 0, SmallObjects.Listener("odd", hostname: "a..example"),
            SmallObjects.Listener("good", 81)));
        Condition accepted = Accepted(Listener(translation).Conditions);
        Assert.Equal(Reason.Invalid, accepted.Reason);
        Assert.StartsWith("The listener cannot be served: ", accepted.Message, StringComparison.Ordinal);
        Assert.Contains("hostname", accepted.Message, StringComparison.Ordinal);
        Assert.Contains("spec.listeners[0]", Errors(translation));
        Assert.Equal("shop/edge/good", translation.Snapshot.Listeners.Single().Name);
    }

    [Theory]
    [InlineData("HTTP", "an HTTP listener")]
    [InlineData("TLS", "a TLS listener")]
    public void Kinds_that_a_listener_cannot_carry_are_named(string protocol, string words)
    {
        GatewayListener listener = SmallObjects.Listener("one") with
        {
            Protocol = protocol,
            Tls = protocol == "TLS" ? new GatewayListenerTls { Mode = "Passthrough" } : null,
            AllowedRoutes = new AllowedRoutes { Kinds = [new RouteGroupKind { Kind = "UDPRoute" }] },
        };
        Translation translation = SmallObjects.Translate(SmallObjects.Gateway("edge", 0, listener));
        Condition resolved = Listener(translation).Conditions.Single(one => one.Type == "ResolvedRefs");
        Assert.Equal(Reason.InvalidRouteKinds, resolved.Reason);
        Assert.Contains($"cannot attach to {words};", resolved.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "RuleRefused")]
    [InlineData(1, 1, "")]
    [InlineData(ConfigLimits.RetryAttempts, ConfigLimits.RetryAttempts, "")]
    [InlineData(ConfigLimits.RetryAttempts + 1, ConfigLimits.RetryAttempts, "Bounded")]
    public void A_number_of_retries_is_taken_as_it_is_within_its_bounds(int asked, int used, string outcome)
    {
        HttpRouteResource route = SmallObjects.Route("web", 0, "edge", "web");
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")), SmallObjects.Service("web", 80),
            route with
            {
                Spec = route.Spec with
                {
                    Rules = [route.Spec.Rules[0] with { Retry = new RouteRetry { Attempts = asked } }],
                },
            });
        Finding[] told = [.. translation.Findings.Where(
            finding => finding.Field.EndsWith("retry.attempts", StringComparison.Ordinal))];
        Assert.Equal(outcome.Length > 0, told.Length > 0);
        if (outcome == "RuleRefused")
        {
            Assert.Contains("1 or more", told[0].Message, StringComparison.Ordinal);
            return;
        }
        Assert.Equal(used, translation.Snapshot.Routes.Single().Rules.Single().Retry!.Attempts);
    }

    [Theory]
    [InlineData("In", true)]
    [InlineData("NotIn", false)]
    [InlineData("Exists", true)]
    [InlineData("DoesNotExist", false)]
    [InlineData("Resembles", false)]
    public void A_selector_of_namespaces_selects_by_its_operator_and_nothing_by_an_unknown_one(
        string wanted, bool attaches)
    {
        LabelSelector selector = new()
        {
            MatchExpressions =
            [
                new LabelRequirement
                {
                    Key = "kubernetes.io/metadata.name",
                    Operator = wanted,
                    Values = wanted is "In" or "NotIn" ? [SmallObjects.Namespace] : [],
                },
            ],
        };
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http") with
            {
                AllowedRoutes = new AllowedRoutes
                {
                    Namespaces = new RouteNamespaces { From = "Selector", Selector = selector },
                },
            }),
            SmallObjects.Service("web", 80), SmallObjects.Route("web", 0, "edge", "web"));
        Assert.Equal(attaches ? 1 : 0, translation.Snapshot.Routes.Length);
    }

    private static GatewayResource WithAddresses(params GatewayAddress[] addresses)
    {
        GatewayResource gateway = SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http"));
        return gateway with
        {
            Spec = gateway.Spec with
            {
                Addresses = addresses,
                Infrastructure = new GatewayInfrastructure
                {
                    ParametersRef = JsonDocument.Parse("{}").RootElement,
                },
            },
        };
    }

    private static GatewayListener Tls(Dictionary<string, string> options) =>
        SmallObjects.Listener("tls", 443) with
        {
            Protocol = "TLS",
            Tls = new GatewayListenerTls { Mode = "Passthrough", Options = options },
        };

    private static GatewayStatus Gateway(Translation translation) => translation.Status.Gateways.Single();

    private static ListenerStatus Listener(Translation translation) => Gateway(translation).Listeners[0];

    private static Condition Accepted(ImmutableArray<Condition> conditions) =>
        conditions.Single(condition => condition.Type == "Accepted");

    private static string[] Errors(Translation translation) =>
    [
        .. translation.Findings.Where(finding => finding.Severity == Severity.Error)
            .Select(finding => finding.Field)
            .Order(StringComparer.Ordinal),
    ];
}
