using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.DataPlane.Tls;

/// <summary>
/// TLS towards the endpoints of clusters, by policy: what clusters agree upon they share. The key of a policy
/// names everything that decides about a connection, contents of certificates included; an endpoint has a
/// slot of its own for each, and so pools of its own.
/// Owner: the publisher. Thread: the publisher's. Bound: a context per policy of a snapshot, and those that
/// workers may still read.
/// </summary>
/// <param name="store">The key pairs.</param>
internal sealed class UpstreamPolicies(CertificateStore store)
{
    private readonly Dictionary<string, UpstreamSecurity> _securities = new(StringComparer.Ordinal);
    private Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private ImmutableArray<Cluster> _clusters;
    private ImmutableArray<Certificate> _certificates;
    private ImmutableArray<Authority> _authorities;
    private long _storeChanges;

    /// <summary>What is missing for the policies of the last snapshot.</summary>
    public ImmutableArray<Finding> Findings { get; private set; } = [];

    /// <summary>How often policies were read anew.</summary>
    public long Reading { get; private set; }

    /// <summary>Whether the policies of a snapshot are those that were looked at last.</summary>
    public bool AreOf(Snapshot snapshot) => snapshot.Clusters == _clusters
        && snapshot.Certificates == _certificates && snapshot.Authorities == _authorities
        && store.Changes == _storeChanges;

    /// <summary>
    /// The key of a cluster's policy in the snapshot that was read last; empty without TLS.
    /// </summary>
    public string KeyOf(string cluster) => _keys.GetValueOrDefault(cluster, "");

    /// <summary>A policy by key; null for the empty one.</summary>
    public UpstreamSecurity? Find(string key) => _securities.GetValueOrDefault(key);

    /// <summary>Reads the policies of a snapshot.</summary>
    public void Read(Snapshot snapshot)
    {
        if (AreOf(snapshot)) return;
        (_clusters, _certificates, _authorities) =
            (snapshot.Clusters, snapshot.Certificates, snapshot.Authorities);
        _storeChanges = store.Changes;
        Reading++;
        List<Finding> findings = [];
        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        foreach (Cluster cluster in snapshot.Clusters)
        {
            if (cluster.Tls is not { } tls) continue;
            keys[cluster.Name] = store.Use(find => Secure(snapshot, cluster, tls, find, findings));
        }

        _keys = keys;
        Findings = [.. findings];
    }

    /// <summary>
    /// Ends policies that no cluster has any more, once no worker can hold a connection of theirs.
    /// </summary>
    public void Sweep()
    {
        if (_securities.Count == 0) return;
        HashSet<string> used = new(_keys.Values, StringComparer.Ordinal);
        foreach ((string key, UpstreamSecurity security) in _securities)
        {
            if (security.Slots > 0 || used.Contains(key)) continue;
            _ = _securities.Remove(key);
            security.Dispose();
        }
    }

    /// <summary>Ends all, once no worker reads any more.</summary>
    public void Clear()
    {
        foreach (UpstreamSecurity security in _securities.Values) security.Dispose();
        _securities.Clear();
    }

    private string Secure(
        Snapshot snapshot, Cluster cluster, ClusterTls tls, Func<string, string, HeldKeyPair?> find,
        List<Finding> findings)
    {
        List<byte[]> authorities = [];
        foreach (Authority authority in snapshot.Authorities)
        {
            if (tls.Authorities.Contains(authority.Name))
                authorities.Add(Encoding.ASCII.GetBytes(authority.Pem));
        }

        Certificate? own = null;
        foreach (Certificate certificate in snapshot.Certificates)
        {
            if (certificate.Name == tls.ClientCertificate) own = certificate;
        }

        HeldKeyPair? pair = own is null ? null : find(own.Name, own.Digest);
        bool isWaiting = tls.ClientCertificate is not null && pair is null;
        if (isWaiting)
            findings.Add(new Finding(
                Severity.Warning, $"Cluster {cluster.Name}", "tls.clientCertificate", "WaitingForKey",
                $"the key of certificate {tls.ClientCertificate} has not come yet; requests are answered 502 "
                + "until it does."));
        string key = TextOf(tls, authorities, own, isWaiting);
        if (_securities.ContainsKey(key)) return key;
        UpstreamSecurity security = UpstreamSecurity.Make(key, tls, authorities, pair, out string? error);
        if (error is not null)
            findings.Add(new Finding(
                Severity.Error, $"Cluster {cluster.Name}", "tls", "NotUsable",
                $"TLS cannot be spoken with its endpoints: {error}"));
        if (isWaiting) security.Dispose();
        _securities.Add(key, security);
        return key;
    }

    private static string TextOf(
        ClusterTls tls, List<byte[]> authorities, Certificate? own, bool isWaiting)
    {
        StringBuilder text = new();
        text.Append(tls.Hostname).Append('\n').Append(tls.UsesSystemAuthorities);
        foreach (byte[] pem in authorities)
            text.Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData(pem)));
        foreach (SubjectName name in tls.SubjectNames)
            text.Append('\n').Append(name.Kind).Append(' ').Append(name.Value);
        return text.Append('\n').Append(own?.Name).Append('\n').Append(own?.Digest).Append('\n')
            .Append(isWaiting).ToString();
    }
}
