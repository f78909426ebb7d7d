using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class TlsValidatorTests
{
    private const string Requested =
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";

    private static readonly Snapshot Full = TlsSample.Full();
    private static readonly Listener Https = Full.Listeners[0];
    private static readonly Listener Pass = Full.Listeners[1];
    private static readonly ClientValidation Validation = Https.Tls!.ClientValidation!;
    private static readonly ClusterTls ToCluster = Full.Clusters[0].Tls!;

    [Fact]
    public void A_full_snapshot_has_no_findings() => Assert.Empty(SnapshotValidator.Validate(Full));

    public static TheoryData<string, string, string, Snapshot> Bad() => new()
    {
        { "Listener https", "tls", Reasons.Missing, With(Https with { Tls = null }) },
        { "Listener https", "tls", Reasons.Conflict, Clear(Https.Tls!) },
        { "Listener https", "tls.minVersion", Reasons.InvalidValue,
            With(Https.Tls! with { MinVersion = (TlsVersion)9 }) },
        { "Listener https", "tls.mode", Reasons.InvalidValue, With(Https.Tls! with { Mode = (TlsMode)9 }) },
        { "Listener https", "tls.certificates", Reasons.Missing,
            With(Https.Tls! with { Certificates = [] }) },
        { "Listener https", "tls.certificates[0]", Reasons.NotFound,
            With(Https.Tls! with { Certificates = ["ns/none"] }) },
        { "Listener https", "tls.certificates[0]", Reasons.NotFound,
            With(Https.Tls! with { Certificates = [null!] }) },
        { "Listener https", "tls.certificates", Reasons.TooMany,
            With(Https.Tls! with { Certificates = [.. Enumerable.Repeat("ns/cert", 65)] }) },
        { "Listener https", "tls.clientValidation.mode", Reasons.InvalidValue,
            With(Validation with { Mode = (ClientValidationMode)9 }) },
        { "Listener https", "tls.clientValidation.authorities", Reasons.Missing,
            With(Validation with { Authorities = [] }) },
        { "Listener https", "tls.clientValidation.authorities[0]", Reasons.NotFound,
            With(Validation with { Authorities = ["ns/none"] }) },
        { "Listener https", "tls.clientValidation.subjectHeader", Reasons.InvalidValue,
            With(Validation with { SubjectHeader = "Host" }) },
        { "Listener https", "tls.clientValidation.namesHeader", Reasons.InvalidValue,
            With(Validation with { NamesHeader = "a b" }) },
        { "Listener https", "tls.clientValidation.fingerprintHeader", Reasons.Duplicate,
            With(Validation with { FingerprintHeader = "x-client-subject" }) },
        { "Listener pass", "tls.certificates", Reasons.Conflict,
            With(Pass with { Tls = Pass.Tls! with { Certificates = ["ns/cert"] } }) },
        { "Listener pass", "tls.clientValidation", Reasons.Conflict,
            With(Pass with { Tls = Pass.Tls! with { ClientValidation = Validation } }) },
        { "Listener web", "protocol", Reasons.Conflict,
            Full with { Listeners = [.. Full.Listeners, Sample.Listener("a.example", port: 443)] } },
        { "Listener two", "hostname", Reasons.Duplicate,
            Full with { Listeners = [.. Full.Listeners, TlsSample.Https("two", "db.example")] } },
        { "Cluster c", "tls.hostname", Reasons.InvalidValue, With(ToCluster with { Hostname = "A.b" }) },
        { "Cluster c", "tls.clientCertificate", Reasons.NotFound,
            With(ToCluster with { ClientCertificate = "ns/none" }) },
        { "Cluster c", "tls.authorities", Reasons.Missing,
            With(ToCluster with { Authorities = [], UsesSystemAuthorities = false }) },
        { "Cluster c", "tls.authorities[0]", Reasons.NotFound,
            With(ToCluster with { Authorities = ["ns/none"] }) },
        { "Cluster c", "tls.subjectNames[0]", Reasons.InvalidValue,
            With(ToCluster with { SubjectNames = [new SubjectName(SubjectNameKind.Dns, "a b")] }) },
        { "Cluster c", "tls.subjectNames[0]", Reasons.InvalidValue,
            With(ToCluster with { SubjectNames = [new SubjectName(SubjectNameKind.Uri, "x")] }) },
        { "Cluster c", "tls.subjectNames[0]", Reasons.InvalidValue,
            With(ToCluster with { SubjectNames = [null!] }) },
        { "Snapshot", "certificates[2]", Reasons.Missing,
            Full with { Certificates = [.. Full.Certificates, null!] } },
        { "Certificate ns/cert", "name", Reasons.Duplicate,
            Full with { Certificates = [.. Full.Certificates, Full.Certificates[0]] } },
        { "Certificate ns/cert", "digest", Reasons.InvalidValue,
            With(Full.Certificates[0] with { Digest = new string('A', 64) }) },
        { "Certificate ns/cert", "names[0]", Reasons.InvalidValue,
            With(Full.Certificates[0] with { Names = ["A.example"] }) },
        { "Certificate ns/cert", "notAfterMs", Reasons.InvalidValue,
            With(Full.Certificates[0] with { NotAfterMs = -1 }) },
        { "Certificate ns/cert", "notAfterMs", Reasons.InvalidValue,
            With(Full.Certificates[0] with { NotAfterMs = 253_402_300_800_000 }) },
        { "Certificate ns/cert", "ocspNotAfterMs", Reasons.InvalidValue,
            With(Full.Certificates[0] with { OcspNotAfterMs = 253_402_300_800_000 }) },
        { "Snapshot", "authorities[1]", Reasons.Missing,
            Full with { Authorities = [.. Full.Authorities, null!] } },
        { "Authority ns/ca", "pem", Reasons.InvalidValue,
            Full with { Authorities = [new Authority("ns/ca", "no certificate")] } },
        { "Authority ns/ca", "pem", Reasons.InvalidValue,
            Full with { Authorities = [new Authority("ns/ca", Requested)] } },
        { "Snapshot", "tlsRoutes[0]", Reasons.Missing, Full with { TlsRoutes = [null!] } },
        { "TLSRoute ns/r", "name", Reasons.Duplicate,
            Full with { TlsRoutes = [.. Full.TlsRoutes, .. Full.TlsRoutes] } },
        { "TLSRoute ns/r", "attachments[0].listener", Reasons.Conflict,
            Full with { TlsRoutes = [TlsSample.Route("ns/r", "https")] } },
        { "TLSRoute ns/r", "attachments[0].listener", Reasons.NotFound,
            Full with { TlsRoutes = [TlsSample.Route("ns/r", "none")] } },
        { "TLSRoute ns/r", "backends[0].cluster", Reasons.NotFound,
            With(new WeightedCluster { Cluster = "none" }) },
        { "TLSRoute ns/r", "backends[0].weight", Reasons.InvalidValue,
            With(new WeightedCluster { Weight = -1 }) },
        { "TLSRoute ns/r", "backends[0].filters", Reasons.Conflict,
            With(new WeightedCluster { Filters = [new RequestHeaderFilter(new HeaderEdits())] }) },
        { "HTTPRoute r", "attachments[0].listener", Reasons.Conflict,
            Full with
            {
                Routes = [Sample.Route("r", []) with { Attachments = [new() { Listener = "pass" }] }],
            } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_is_found_where_it_is(
        string subject, string field, string reason, Snapshot snapshot)
    {
        Finding finding = Assert.Single(SnapshotValidator.Validate(snapshot));
        Assert.Equal((subject, field, reason), (finding.Subject, finding.Field, finding.Reason));
    }

    [Fact]
    public void A_renewed_certificate_is_taken_without_a_look_at_everything()
    {
        ValidSnapshot known = ValidSnapshot.TryCreate(Full, null, out _)!;
        Certificate renewed = Full.Certificates[0] with { Digest = new string('b', 64) };
        Snapshot next = Full with { Version = "2", Certificates = [renewed, Full.Certificates[1]] };
        ValidSnapshot valid = ValidSnapshot.TryCreate(next, known, out ImmutableArray<Finding> findings)!;
        Assert.Empty(findings);
        Assert.Same(known.Tables, valid.TablesBefore);
        Assert.False(known.HasTablesOf(next));
    }

    [Fact]
    public void A_certificate_that_went_is_missed_by_who_names_it()
    {
        ValidSnapshot known = ValidSnapshot.TryCreate(Full, null, out _)!;
        Snapshot next = Full with { Version = "2", Certificates = [Full.Certificates[0]] };
        Assert.Null(ValidSnapshot.TryCreate(next, known, out ImmutableArray<Finding> findings));
        Assert.Equal(
            ["tls.clientCertificate", "tls.certificates[1]"], findings.Select(finding => finding.Field));
    }

    // Its endpoints go with it: a set without a cluster would be a finding of its own.
    [Fact]
    public void A_cluster_that_only_a_TLS_route_names_is_missed_too()
    {
        Snapshot start = Full with
        {
            Clusters = [new Cluster { Name = "b" }, .. Full.Clusters],
            EndpointSets = [new EndpointSet("b", []), .. Full.EndpointSets],
            TlsRoutes = [TlsSample.Route("ns/r", "pass") with { Backends = [new() { Cluster = "b" }] }],
        };
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Assert.Null(ValidSnapshot.TryCreate(
            start with { Version = "2", Clusters = Full.Clusters, EndpointSets = Full.EndpointSets }, known,
            out ImmutableArray<Finding> findings));
        Assert.Equal("backends[0].cluster", Assert.Single(findings).Field);
    }

    private static Snapshot With(Listener listener) => Full with
    {
        Listeners = [.. Full.Listeners.Select(l => l.Name == listener.Name ? listener : l)],
    };

    private static Snapshot With(ListenerTls tls) => With(Https with { Tls = tls });

    private static Snapshot With(ClientValidation validation) =>
        With(Https.Tls! with { ClientValidation = validation });

    private static Snapshot With(ClusterTls tls) =>
        Full with { Clusters = [Full.Clusters[0] with { Tls = tls }] };

    private static Snapshot With(Certificate certificate) =>
        Full with { Certificates = [certificate, Full.Certificates[1]] };

    private static Snapshot With(WeightedCluster backend) =>
        Full with { TlsRoutes = [Full.TlsRoutes[0] with { Backends = [backend] }] };

    private static Snapshot Clear(ListenerTls tls) =>
        With(Https with { Protocol = ListenerProtocol.Http, Port = 80, Tls = tls });
}
