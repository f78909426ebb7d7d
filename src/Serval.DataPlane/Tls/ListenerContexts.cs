using System.Security.Cryptography;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// The contexts of the listeners of all snapshots that are not freed yet. What did not change from one
/// snapshot to the next is used again. A context is disposed of once no snapshot has it; connections that use
/// it keep it alive.
/// Owner: the publisher. Thread: the publisher's. Bound: a context per certificate of a listener.
/// </summary>
/// <param name="store">The key pairs.</param>
internal sealed class ListenerContexts(CertificateStore store)
{
    private readonly Dictionary<string, ServerSecurity> _contexts = new(StringComparer.Ordinal);

    /// <summary>
    /// What each listener of a snapshot does with TLS, by its place; null for one without. Findings say what
    /// is missing.
    /// </summary>
    public ListenerSecurity?[] Of(Snapshot snapshot, ICollection<Finding> findings)
    {
        ListenerSecurity?[] securities = new ListenerSecurity?[snapshot.Listeners.Length];
        for (int i = 0; i < securities.Length; i++)
        {
            if (snapshot.Listeners[i] is { Tls: { } tls } listener)
                securities[i] = Secure(snapshot, listener, tls, findings);
        }

        return securities;
    }

    /// <summary>Ends the use of contexts by a snapshot that is freed.</summary>
    public void Release(ListenerSecurity?[] securities)
    {
        foreach (ListenerSecurity? security in securities)
        {
            if (security is null) continue;
            Release(security.Choices);
            Release(security.Challenges);
        }
    }

    private void Release(CertificateChoice[] choices)
    {
        foreach (CertificateChoice choice in choices)
        {
            if (--choice.Context.Users > 0) continue;
            _ = _contexts.Remove(choice.Context.Key);
            choice.Context.Dispose();
        }
    }

    private ListenerSecurity Secure(
        Snapshot snapshot, Listener listener, ListenerTls tls, ICollection<Finding> findings)
    {
        List<CertificateChoice> choices = [];
        List<CertificateChoice> challenges = [];
        bool isPassthrough = tls.Mode == TlsMode.Passthrough;
        if (!isPassthrough && OpenSslLibrary.Problem is { } problem)
            findings.Add(new Finding(
                Severity.Error, $"Listener {listener.Name}", "tls", "NoOpenSsl", problem));
        else if (!isPassthrough)
            store.Use(find => AddChoices(snapshot, listener, tls, find, choices, challenges, findings));
        return new ListenerSecurity
        {
            IsPassthrough = isPassthrough,
            IsHttp = listener.Protocol == ListenerProtocol.Https,
            Choices = [.. choices],
            Challenges = [.. challenges],
            SubjectHeader = NameOf(tls.ClientValidation?.SubjectHeader),
            NamesHeader = NameOf(tls.ClientValidation?.NamesHeader),
            FingerprintHeader = NameOf(tls.ClientValidation?.FingerprintHeader),
        };
    }

    private static byte[] NameOf(string? header) =>
        header is null ? [] : Encoding.ASCII.GetBytes(header.ToLowerInvariant());

    private bool AddChoices(
        Snapshot snapshot, Listener listener, ListenerTls tls, Func<string, string, HeldKeyPair?> find,
        List<CertificateChoice> choices, List<CertificateChoice> challenges, ICollection<Finding> findings)
    {
        List<(Certificate Certificate, HeldKeyPair Pair)> held = [];
        foreach (string name in tls.Certificates)
        {
            Certificate? certificate = Find(snapshot, name);
            if (certificate is null) continue;
            if (find(name, certificate.Digest) is { } pair) held.Add((certificate, pair));
            else findings.Add(Waiting(listener, certificate));
        }

        foreach ((Certificate certificate, HeldKeyPair pair) in held)
        {
            // A client that cannot use the one kind of key gets the other, of a certificate for the same
            // names.
            int other = held.FindIndex(one => one.Pair.IsRsa != pair.IsRsa
                && one.Pair.IsChallenge == pair.IsChallenge && one.Pair.Covers(pair));
            List<HeldKeyPair> pairs = other < 0 ? [pair] : [pair, held[other].Pair];
            Certificate? second = other < 0 ? null : held[other].Certificate;
            string scope = ScopeOf(snapshot, listener, tls, pair.IsChallenge);
            string key = KeyOf(scope, certificate, second);
            if (!_contexts.TryGetValue(key, out ServerSecurity? context))
            {
                context = ServerSecurity.TryMake(
                    OptionsOf(snapshot, listener, tls, pairs, scope), key, out string? why);
                if (context is null)
                {
                    findings.Add(new Finding(
                        Severity.Error, $"Listener {listener.Name}", "tls.certificates", "NotUsable",
                        $"certificate {certificate.Name} cannot be used: {why}."));
                    continue;
                }

                _contexts.Add(key, context);
            }

            context.Users++;
            CertificateChoice choice = new(Array.ConvertAll(pair.Names, Encoding.ASCII.GetBytes), context);
            (pair.IsChallenge ? challenges : choices).Add(choice);
        }

        return true;
    }

    private static ServerSecurityOptions OptionsOf(
        Snapshot snapshot, Listener listener, ListenerTls tls, List<HeldKeyPair> pairs, string scope)
    {
        // An authority that validates a name shows no certificate.
        ClientValidation? clients = pairs[0].IsChallenge ? null : tls.ClientValidation;
        return new ServerSecurityOptions
        {
            Pairs = pairs,
            IsChallenge = pairs[0].IsChallenge,
            IsTls13Only = tls.MinVersion == TlsVersion.Tls13,
            IsHttp = listener.Protocol == ListenerProtocol.Https,
            Clients = clients?.Mode switch
            {
                null => ClientCertificates.NotAsked,
                ClientValidationMode.AllowValidOnly => ClientCertificates.Required,
                _ => ClientCertificates.Optional,
            },
            Authorities = [.. PemOf(snapshot, tls)],
            Scope = scope,
        };
    }

    private static IEnumerable<byte[]> PemOf(Snapshot snapshot, ListenerTls tls)
    {
        if (tls.ClientValidation is not { } validation) yield break;
        foreach (Authority authority in snapshot.Authorities)
        {
            if (validation.Authorities.Contains(authority.Name))
                yield return Encoding.ASCII.GetBytes(authority.Pem);
        }
    }

    // Sessions are good for the listener and for its policy about clients' certificates; a renewed
    // certificate does not end them. A session of a challenge, whose client showed no certificate, is good
    // for nothing else.
    private static string ScopeOf(Snapshot snapshot, Listener listener, ListenerTls tls, bool isChallenge)
    {
        StringBuilder text = new();
        text.Append(listener.Name).Append('\n').Append(listener.Hostname).Append('\n')
            .Append(listener.Protocol).Append('\n').Append(tls.MinVersion).Append('\n')
            .Append(tls.ClientValidation?.Mode.ToString());
        foreach (byte[] pem in PemOf(snapshot, tls))
            text.Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData(pem)));
        if (isChallenge) text.Append("\nacme-tls/1");
        return text.ToString();
    }

    private static string KeyOf(string scope, Certificate one, Certificate? other) =>
        $"{scope}\n{one.Name}\n{one.Digest}\n{other?.Name}\n{other?.Digest}";

    private static Certificate? Find(Snapshot snapshot, string name)
    {
        foreach (Certificate certificate in snapshot.Certificates)
        {
            if (certificate.Name == name) return certificate;
        }

        return null;
    }

    private static Finding Waiting(Listener listener, Certificate certificate) => new(
        Severity.Warning, $"Listener {listener.Name}", "tls.certificates", "WaitingForKey",
        $"the key of certificate {certificate.Name} (digest {certificate.Digest}) has not come yet; clients "
        + "that need it are refused until it does.");
}
