using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Supplementing;

namespace Serval.Control.Tests.Resolving;

/// <summary>Whose references are looked for where, when a ListenerSet lies in another namespace.</summary>
public sealed class ListenerSetReferencesTests
{
    private const string Elsewhere = "team";

    // The Secret is not there: that is said to those alone who may know.
    [Theory]
    [InlineData(Kinds.ListenerSet, "InvalidCertificateRef")]
    [InlineData(Kinds.Gateway, "RefNotPermitted")]
    public void A_Secret_of_another_namespace_is_granted_to_ListenerSets_and_not_to_Gateways(
        string granted, string reason)
    {
        ReferenceGrantResource grant = new()
        {
            Metadata = SmallObjects.Meta("secrets", 0) with { Namespace = "vault" },
            Spec = new ReferenceGrantSpec
            {
                From = [new GrantFrom { Group = Groups.Gateway, Kind = granted, Namespace = Elsewhere }],
                To = [new GrantTo { Group = Groups.Core, Kind = Kinds.Secret }],
            },
        };
        Translation translation = SmallObjects.Translate(Gateway(null), Set("vault"), grant);
        Condition resolved = Assert.Single(translation.Status.ListenerSets).Listeners[0].Conditions
            .Single(condition => condition.Type == "ResolvedRefs");
        Assert.Equal((ConditionStatus.False, reason), (resolved.Status, resolved.Reason));
    }

    [Fact]
    public void The_authorities_for_clients_are_those_beside_the_Gateway()
    {
        FrontendTls frontend = new()
        {
            Default = new FrontendTlsSettings
            {
                Validation = new FrontendValidation
                {
                    CaCertificateRefs = [new ObjectReference { Kind = Kinds.ConfigMap, Name = "ca" }],
                },
            },
        };
        (string certificate, string key) = SelfSigned();
        ConfigMapResource authority = new()
        {
            Metadata = SmallObjects.Meta("ca", 0),
            Data = new Dictionary<string, string> { ["ca.crt"] = certificate },
        };
        SecretResource secret = TlsSecret.Of(
            new ObjectKey(Groups.Core, Kinds.Secret, Elsewhere, "cert"), certificate, key);
        Translation translation = SmallObjects.Translate(Gateway(frontend), Set(null), authority, secret);
        Listener listener = Assert.Single(
            translation.Snapshot.Listeners, one => one.Name == "shop/edge/team/more/https");
        Assert.Equal(
            Assert.Single(translation.Snapshot.Authorities).Name,
            Assert.Single(listener.Tls!.ClientValidation!.Authorities));
    }

    private static GatewayResource Gateway(FrontendTls? frontend)
    {
        GatewayResource gateway = SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http"));
        return gateway with
        {
            Spec = gateway.Spec with
            {
                AllowedListeners =
                    new AllowedListeners { Namespaces = new ListenerNamespaces { From = "All" } },
                Tls = new GatewayTls { Frontend = frontend },
            },
        };
    }

    private static ListenerSetResource Set(string? secretNamespace) => new()
    {
        Metadata = SmallObjects.Meta("more", 0) with { Namespace = Elsewhere },
        Spec = new ListenerSetSpec
        {
            ParentRef = new ParentReference { Name = "edge", Namespace = SmallObjects.Namespace },
            Listeners =
            [
                new GatewayListener
                {
                    Name = "https",
                    Port = 443,
                    Protocol = "HTTPS",
                    Tls = new GatewayListenerTls
                    {
                        CertificateRefs =
                            [new ObjectReference { Name = "cert", Namespace = secretNamespace }],
                    },
                },
            ],
        },
    };

    private static (string Certificate, string Key) SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
