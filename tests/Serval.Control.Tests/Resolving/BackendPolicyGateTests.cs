using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Resolving;

/// <summary>Policies that an API server lets in and that routers would refuse.</summary>
public sealed class BackendPolicyGateTests
{
    [Theory]
    [InlineData("web.example.com", "spiffe://cluster/a b")]
    [InlineData("web.example.com", "//")]
    [InlineData("web..example.com", "spiffe://cluster/a")]
    public void One_that_cannot_be_followed_says_so_and_the_snapshot_stays_valid(string hostname, string uri)
    {
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            SmallObjects.Service("good", 80), SmallObjects.Service("bad", 80),
            Slice("good"), Slice("bad"),
            SmallObjects.Route("good", 0, "edge", "good"), SmallObjects.Route("bad", 0, "edge", "bad"),
            Policy(hostname, uri));
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
        Assert.Equal(
            ["shop/bad:80 0", "shop/good:80 1"],
            translation.Snapshot.EndpointSets.Select(set => $"{set.Cluster} {set.Endpoints.Length}"));
        Condition accepted = translation.Status.Objects.Values.OfType<BackendTlsPolicyStatus>().Single()
            .Ancestors.Single().Conditions.Single(condition => condition.Type == "Accepted");
        Assert.Equal((ConditionStatus.False, "Invalid"), (accepted.Status, accepted.Reason));
        Assert.StartsWith(
            "The policy cannot be followed: tls.", accepted.Message, StringComparison.Ordinal);
    }

    // Whoever grants a policy the ConfigMaps of a namespace still names none for it.
    [Fact]
    public void A_policy_finds_its_CA_certificates_in_its_own_namespace_alone()
    {
        BackendTlsPolicyResource policy = Policy("web.example.com", "spiffe://cluster/a");
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            SmallObjects.Service("bad", 80), Slice("bad"), SmallObjects.Route("bad", 0, "edge", "bad"),
            policy with
            {
                Spec = policy.Spec with
                {
                    Validation = policy.Spec.Validation with
                    {
                        WellKnownCACertificates = null,
                        CaCertificateRefs =
                        [
                            new ObjectReference { Kind = Kinds.ConfigMap, Name = "ca", Namespace = "other" },
                        ],
                    },
                },
            });
        Condition resolved = translation.Status.Objects.Values.OfType<BackendTlsPolicyStatus>().Single()
            .Ancestors.Single().Conditions.Single(condition => condition.Type == "ResolvedRefs");
        Assert.Equal((ConditionStatus.False, "InvalidCACertificateRef"), (resolved.Status, resolved.Reason));
        Assert.Contains("shop/ca", resolved.Message, StringComparison.Ordinal);
    }

    private static BackendTlsPolicyResource Policy(string hostname, string uri) => new()
    {
        Metadata = SmallObjects.Meta("policy", 0),
        Spec = new BackendTlsPolicySpec
        {
            TargetRefs = [new PolicyTarget { Group = "", Kind = Kinds.Service, Name = "bad" }],
            Validation = new BackendTlsValidation
            {
                Hostname = hostname,
                WellKnownCACertificates = "System",
                SubjectAltNames = [new SubjectAltName { Type = "URI", Uri = uri }],
            },
        },
    };

    private static EndpointSliceResource Slice(string service) => new()
    {
        Metadata = SmallObjects.Meta(service, 0) with
        {
            Labels = new Dictionary<string, string> { [Labels.ServiceName] = service },
        },
        AddressType = "IPv4",
        Ports = [new SlicePort { Name = "http", Port = 8080 }],
        Endpoints = [new SliceEndpoint { Addresses = ["10.0.0.1"] }],
    };
}
