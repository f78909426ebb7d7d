using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Reporting;

public sealed class StatusTests
{
    [Fact]
    public void Programmed_is_told_once_routers_have_acknowledged_and_never_of_what_is_refused()
    {
        string path = Path.Combine(GoldenCase.Root, "listeners-unsupported", "input.yaml");
        StatusReport report = new FileProvider(path).Load().Status;
        Assert.Equal("http=Unknown https=False", Programmed(report));
        Assert.Equal("http=True https=False", Programmed(report.Acknowledge()));
        Assert.Equal(ConditionStatus.True, report.Acknowledge().Gateways.First().Conditions[1].Status);
    }

    [Fact]
    public void An_accepted_class_tells_the_features_in_order_and_a_refused_one_none()
    {
        string[] features = [.. StatusOf("minimal").GatewayClasses.Single().SupportedFeatures];
        Assert.Contains("HTTPRouteQueryParamMatching", features);
        Assert.Equal(features.Order(StringComparer.Ordinal), features);
        Assert.Contains("- name: HTTPRouteQueryParamMatching", StatusYaml.Write(StatusOf("minimal")));
        Assert.Empty(StatusOf("class-with-parameters").GatewayClasses.Single().SupportedFeatures);
    }

    [Theory]
    [InlineData(null, true)] // files
    [InlineData("experimental", true)]
    [InlineData("standard", false)]
    [InlineData("", false)]
    public void Retries_are_promised_only_where_the_definitions_have_the_field(string? channel, bool expected)
    {
        ControlPlane plane = new(new TranslationOptions(), ResourceKind.All);
        List<Resource> objects = [SmallObjects.Class()];
        if (channel is not null)
        {
            objects.Add(new CustomResourceDefinitionResource
            {
                Metadata = new ObjectMeta
                {
                    Name = "gatewayclasses.gateway.networking.k8s.io",
                    Annotations = new Dictionary<string, string> { [Annotations.Channel[0]] = channel },
                },
            });
        }
        string[] features =
        [
            .. plane.Apply(new ChangeBatch { Upserts = [.. objects], Synced = [.. ResourceKind.All] })!
                .Status.GatewayClasses.Single().SupportedFeatures,
        ];
        string[] ofRetries =
            ["HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError"];
        Assert.Equal(expected ? ofRetries : [], features.Intersect(ofRetries));
        Assert.Contains("HTTPRouteCORS", features);
        Assert.Equal(features.Order(StringComparer.Ordinal), features);
    }

    [Fact]
    public void Texts_that_YAML_could_read_otherwise_are_quoted()
    {
        StatusReport report = StatusReport.Of(
        [
            new GatewayClassStatus
            {
                Name = "on",
                Conditions = [new Condition("T", ConditionStatus.True, "No", "a: \"b\" # c\n", 7)],
            },
            new GatewayClassStatus { Name = "1e3" },
        ]);
        Assert.Equal(
            """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata:
              name: "1e3"
            status:
              conditions: []
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata:
              name: "on"
            status:
              conditions:
              - type: T
                status: "True"
                reason: "No"
                message: "a: \"b\" # c\n"
                observedGeneration: 7

            """,
            StatusYaml.Write(report));
    }

    private static StatusReport StatusOf(string golden) =>
        new FileProvider(Path.Combine(GoldenCase.Root, golden, "input.yaml")).Load().Status;

    private static string Programmed(StatusReport report) =>
        string.Join(' ', report.Gateways.First().Listeners.Take(2)
        .Select(listener => $"{listener.Name}={Of(listener.Conditions)}"));

    private static ConditionStatus Of(ImmutableArray<Condition> conditions) =>
        conditions.Single(condition => condition.Type == "Programmed").Status;
}
