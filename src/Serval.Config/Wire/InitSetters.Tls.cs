using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Serval.Config.Model;

namespace Serval.Config.Wire;

// What TLS adds to the model.
internal static partial class InitSetters
{
    private static void AddTls(Dictionary<(Type, string), InitSetter> all)
    {
        Add<Snapshot, ImmutableArray<TlsRoute>>(all, "tlsRoutes", SnapshotTlsRoutes);
        Add<Snapshot, ImmutableArray<Certificate>>(all, "certificates", SnapshotCertificates);
        Add<Snapshot, ImmutableArray<Authority>>(all, "authorities", SnapshotAuthorities);
        Add<SnapshotChanges, ImmutableArray<TlsRoute>>(all, "tlsRoutes", ChangedTlsRoutes);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "tlsRoutes", RemovedTlsRoutes);
        Add<SnapshotChanges, ImmutableArray<Certificate>>(all, "certificates", ChangedCertificates);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "certificates", RemovedCertificates);
        Add<SnapshotChanges, ImmutableArray<Authority>>(all, "authorities", ChangedAuthorities);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "authorities", RemovedAuthorities);
        Add<Listener, ListenerTls?>(all, "tls", ListenerTls);
        Add<Listener, bool>(all, "detection", ListenerDetection);
        Add<ListenerTls, TlsMode>(all, "mode", ListenerTlsMode);
        Add<ListenerTls, ImmutableArray<string>>(all, "certificates", ListenerTlsCertificates);
        Add<ListenerTls, TlsVersion>(all, "minVersion", ListenerTlsMinVersion);
        Add<ListenerTls, ClientValidation?>(all, "clientValidation", ListenerTlsClientValidation);
        Add<ClientValidation, ImmutableArray<string>>(all, "authorities", ClientValidationAuthorities);
        Add<ClientValidation, ClientValidationMode>(all, "mode", ClientValidationMode);
        Add<ClientValidation, string?>(all, "subjectHeader", ClientValidationSubjectHeader);
        Add<ClientValidation, string?>(all, "namesHeader", ClientValidationNamesHeader);
        Add<ClientValidation, string?>(all, "fingerprintHeader", ClientValidationFingerprintHeader);
        Add<Certificate, string>(all, "name", CertificateName);
        Add<Certificate, string>(all, "digest", CertificateDigest);
        Add<Certificate, ImmutableArray<string>>(all, "names", CertificateNames);
        Add<Certificate, long>(all, "notAfterMs", CertificateNotAfterMs);
        Add<Certificate, bool>(all, "hasOcsp", CertificateHasOcsp);
        Add<Certificate, long>(all, "ocspNotAfterMs", CertificateOcspNotAfterMs);
        Add<Authority, string>(all, "name", AuthorityName);
        Add<Authority, string>(all, "pem", AuthorityPem);
        Add<TlsRoute, string>(all, "name", TlsRouteName);
        Add<TlsRoute, long>(all, "createdAtMs", TlsRouteCreatedAtMs);
        Add<TlsRoute, ImmutableArray<Attachment>>(all, "attachments", TlsRouteAttachments);
        Add<TlsRoute, ImmutableArray<WeightedCluster>>(all, "backends", TlsRouteBackends);
        Add<Cluster, ClusterTls?>(all, "tls", ClusterTls);
        Add<ClusterTls, ImmutableArray<string>>(all, "authorities", ClusterTlsAuthorities);
        Add<ClusterTls, bool>(all, "usesSystemAuthorities", ClusterTlsUsesSystemAuthorities);
        Add<ClusterTls, string>(all, "hostname", ClusterTlsHostname);
        Add<ClusterTls, ImmutableArray<SubjectName>>(all, "subjectNames", ClusterTlsSubjectNames);
        Add<ClusterTls, string?>(all, "clientCertificate", ClusterTlsClientCertificate);
        Add<SubjectName, SubjectNameKind>(all, "kind", SubjectNameKind);
        Add<SubjectName, string>(all, "value", SubjectNameValue);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_TlsRoutes")]
    private static extern void SnapshotTlsRoutes(Snapshot owner, ImmutableArray<TlsRoute> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Certificates")]
    private static extern void SnapshotCertificates(Snapshot owner, ImmutableArray<Certificate> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Authorities")]
    private static extern void SnapshotAuthorities(Snapshot owner, ImmutableArray<Authority> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_TlsRoutes")]
    private static extern void ChangedTlsRoutes(SnapshotChanges owner, ImmutableArray<TlsRoute> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_TlsRoutes")]
    private static extern void RemovedTlsRoutes(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Certificates")]
    private static extern void ChangedCertificates(SnapshotChanges owner, ImmutableArray<Certificate> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Certificates")]
    private static extern void RemovedCertificates(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Authorities")]
    private static extern void ChangedAuthorities(SnapshotChanges owner, ImmutableArray<Authority> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Authorities")]
    private static extern void RemovedAuthorities(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Tls")]
    private static extern void ListenerTls(Listener owner, ListenerTls? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Detection")]
    private static extern void ListenerDetection(Listener owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Mode")]
    private static extern void ListenerTlsMode(ListenerTls owner, TlsMode value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Certificates")]
    private static extern void ListenerTlsCertificates(ListenerTls owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MinVersion")]
    private static extern void ListenerTlsMinVersion(ListenerTls owner, TlsVersion value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ClientValidation")]
    private static extern void ListenerTlsClientValidation(ListenerTls owner, ClientValidation? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Authorities")]
    private static extern void ClientValidationAuthorities(
        ClientValidation owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Mode")]
    private static extern void ClientValidationMode(ClientValidation owner, ClientValidationMode value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_SubjectHeader")]
    private static extern void ClientValidationSubjectHeader(ClientValidation owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_NamesHeader")]
    private static extern void ClientValidationNamesHeader(ClientValidation owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_FingerprintHeader")]
    private static extern void ClientValidationFingerprintHeader(ClientValidation owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void CertificateName(Certificate owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Digest")]
    private static extern void CertificateDigest(Certificate owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Names")]
    private static extern void CertificateNames(Certificate owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_NotAfterMs")]
    private static extern void CertificateNotAfterMs(Certificate owner, long value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_HasOcsp")]
    private static extern void CertificateHasOcsp(Certificate owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_OcspNotAfterMs")]
    private static extern void CertificateOcspNotAfterMs(Certificate owner, long value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void AuthorityName(Authority owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Pem")]
    private static extern void AuthorityPem(Authority owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void TlsRouteName(TlsRoute owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_CreatedAtMs")]
    private static extern void TlsRouteCreatedAtMs(TlsRoute owner, long value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Attachments")]
    private static extern void TlsRouteAttachments(TlsRoute owner, ImmutableArray<Attachment> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Backends")]
    private static extern void TlsRouteBackends(TlsRoute owner, ImmutableArray<WeightedCluster> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Tls")]
    private static extern void ClusterTls(Cluster owner, ClusterTls? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Authorities")]
    private static extern void ClusterTlsAuthorities(ClusterTls owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_UsesSystemAuthorities")]
    private static extern void ClusterTlsUsesSystemAuthorities(ClusterTls owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Hostname")]
    private static extern void ClusterTlsHostname(ClusterTls owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_SubjectNames")]
    private static extern void ClusterTlsSubjectNames(ClusterTls owner, ImmutableArray<SubjectName> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ClientCertificate")]
    private static extern void ClusterTlsClientCertificate(ClusterTls owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Kind")]
    private static extern void SubjectNameKind(SubjectName owner, SubjectNameKind value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Value")]
    private static extern void SubjectNameValue(SubjectName owner, string value);
}
