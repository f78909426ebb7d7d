using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Hands certificates with their keys to the data plane, and remembers where each came from. Keys stay in
/// memory, except in a sealed file where there is a place for one.
/// </summary>
/// <remarks>
/// Owner: one process with a data plane. Thread: any, one at a time under its lock. Bound: what the live
/// snapshot and the last push name.
/// </remarks>
internal sealed class SecretKeeper(Router router, SealedSecrets? sealedFile, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string Digest), string> _sources = [];

    /// <summary>Certificates of the live configuration. Any thread.</summary>
    public ImmutableArray<CertificateState> Certificates =>
        CertificateStates.Of(router.Live, router, FindSource);

    /// <summary>How many of them wait for their keys. Any thread.</summary>
    public int Waiting =>
        NamesOf(router.Live).Count(pair => !router.HoldsCertificate(pair.Name, pair.Digest));

    /// <summary>Gives pairs that are not held yet. The caller keeps them, and wipes them or not.</summary>
    /// <param name="pairs">Whatever a source knows of.</param>
    /// <param name="source">Where they came from, for people.</param>
    /// <returns>Why some cannot be used.</returns>
    public ImmutableArray<Finding> Put(ImmutableArray<KeyPair> pairs, string source)
    {
        lock (_lock)
        {
            KeyPair[] missing =
                [.. pairs.Where(pair => !router.HoldsCertificate(pair.Name, pair.Digest))];
            if (missing.Length == 0)
                return [];
            ImmutableArray<Finding> findings = router.PutSecrets(missing);
            HashSet<(string, string)> named = [.. NamesOf(router.Live)];
            foreach ((string, string) gone in _sources.Keys.Where(key => !named.Contains(key)).ToArray())
                _sources.Remove(gone);
            foreach (KeyPair pair in missing)
                _sources[(pair.Name, pair.Digest)] = source;
            return findings;
        }
    }

    /// <summary>
    /// Takes a push: gives its pairs, keeps them sealed if there is a place, and wipes them.
    /// </summary>
    public ImmutableArray<Finding> Take(SecretsPush push)
    {
        try
        {
            ImmutableArray<Finding> findings = Put(push.KeyPairs, "push");
            lock (_lock)
                Keep(push.KeyPairs);
            return findings;
        }
        finally
        {
            push.Wipe();
        }
    }

    private void Keep(ImmutableArray<KeyPair> pairs)
    {
        try
        {
            sealedFile?.Keep(pairs, [.. NamesOf(router.Live)]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.SecretsNotKept(log, fault.Message);
        }
    }

    /// <summary>Gives what the sealed file holds, so that a start needs no gateway.</summary>
    public void Restore()
    {
        if (sealedFile is null)
            return;
        SecretsPush? kept = sealedFile.Find(out string problem);
        if (problem.Length > 0)
            Log.SecretsNotRestored(log, problem);
        if (kept is null)
            return;
        foreach (Finding finding in Put(kept.KeyPairs, "sealed file"))
            Log.WarningFound(log, finding.ToString());
        kept.Wipe();
    }

    private string? FindSource(string name, string digest)
    {
        lock (_lock)
            return _sources.GetValueOrDefault((name, digest));
    }

    private static IEnumerable<(string Name, string Digest)> NamesOf(Snapshot? snapshot) =>
        snapshot is null
            ? []
            : snapshot.Certificates.Select(certificate => (certificate.Name, certificate.Digest));
}
