using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Supplementing;

namespace Serval.Control.Acme;

/// <summary>
/// Certificates of an authority that speaks ACME (RFC 8555), for HTTPS listeners whose Secret no file holds:
/// gets them, keeps them on disk and renews them in time. While it has none, the listener is not served.
/// </summary>
/// <remarks>
/// Owner: one verb. Thread: readings of files on any thread, under a lock; one loop asks the authority.
/// Bounds: <see cref="AcmeLimits"/>.
/// </remarks>
public sealed class AcmeCertificates : FileSupplement, IAsyncDisposable
{
    private readonly AcmeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly AcmeStore _store;
    private readonly ChallengeServer _server = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Held> _held = [];
    private readonly Dictionary<ObjectKey, DateTimeOffset> _failedAt = [];
    private readonly Dictionary<ObjectKey, Suggestion> _suggestions = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private ImmutableSortedDictionary<string, string> _challenges =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    // Orders run one after another, and each proves one name at a time.
    private TlsChallenge? _tlsChallenge;
    private ImmutableArray<Resource> _objects = [];
    private ImmutableArray<MissingCertificate> _missing = [];
    private ImmutableArray<MissingCertificate> _wanted = [];

    /// <summary>Reads nothing yet.</summary>
    public AcmeCertificates(AcmeOptions options, TimeProvider time, ILogger log)
    {
        (_options, _time, _log) = (options, time, log);
        _store = new AcmeStore(Path.Combine(options.StateDirectory, "acme"));
    }

    /// <summary>
    /// Gets and renews certificates until it is cancelled.
    /// </summary>
    /// <param name="reload">Reads the files again; when it returns, what came of them is live.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> reload, CancellationToken stop)
    {
        using HttpClient http = CreateHttp();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using AccountKey key = _store.OpenAccountKey(_options.Directory);
                AcmeClient client = new(http, _options.Directory, key);
                while (true)
                {
                    ImmutableArray<MissingCertificate> all = Wanted();
                    foreach (MissingCertificate wanted in all)
                        await LookAsync(wanted, client, key, reload, stop);
                    Forget(all);
                    await _wake.WaitAsync(AcmeLimits.LookMs, stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                AcmeLog.Stuck(_log, fault.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(AcmeLimits.LookMs), _time, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    internal override IEnumerable<Resource> ObjectsBeside(ImmutableArray<Resource> objects)
    {
        lock (_lock)
        {
            _objects = objects;
            ImmutableArray<MissingCertificate> missing = MissingCertificate.Find(objects);
            if (!missing.SequenceEqual(_missing, SameCertificate.Instance))
            {
                _missing = missing;
                _wanted = [.. missing.Select(Narrow).Where(one => !one.Hostnames.IsEmpty)];
                TellOfLeftOut(missing);
                if (_wake.CurrentCount == 0)
                    _wake.Release();
            }
            return
            [
                .. _wanted.Select(one => Find(one)?.Secret).OfType<SecretResource>(),
                .. ChallengeRoutes.Of(objects, _challenges, _server.Port),
                .. _tlsChallenge?.ObjectsBeside(objects) ?? [],
            ];
        }
    }

    // Of Secrets that nobody names any more nothing stays in memory.
    private void Forget(ImmutableArray<MissingCertificate> wanted)
    {
        HashSet<ObjectKey> named = [.. wanted.Select(one => one.Secret)];
        foreach (ObjectKey gone in _failedAt.Keys.Where(key => !named.Contains(key)).ToArray())
            _failedAt.Remove(gone);
        foreach (ObjectKey gone in _suggestions.Keys.Where(key => !named.Contains(key)).ToArray())
            _suggestions.Remove(gone);
        lock (_lock)
        {
            named.UnionWith(_wanted.Select(one => one.Secret));
            foreach (ObjectKey gone in _held.Keys.Where(key => !named.Contains(key)).ToArray())
                _held.Remove(gone);
        }
    }

    private HttpClient CreateHttp()
    {
        SocketsHttpHandler handler = new();
        if (_options.AuthorityFile is { } file)
        {
            X509Certificate2Collection trusted = [];
            trusted.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }
        HttpClient http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("serval-acme/1");
        return http;
    }

    private ImmutableArray<MissingCertificate> Wanted()
    {
        lock (_lock)
            return _wanted;
    }

    // No kind of challenge here proves wildcards (RFC 8555 §8.3, RFC 8737 §3); an authority takes so many
    // names.
    private static MissingCertificate Narrow(MissingCertificate wanted) => wanted with
    {
        Hostnames =
        [
            .. wanted.Hostnames.Where(name => !name.StartsWith('*')).Take(AcmeLimits.NamesMax),
        ],
    };

    private void TellOfLeftOut(ImmutableArray<MissingCertificate> missing)
    {
        foreach (MissingCertificate one in missing)
        {
            string[] leftOut = [.. one.Hostnames.Except(Narrow(one).Hostnames)];
            if (one.Hostnames.IsEmpty)
                AcmeLog.NoHostname(_log, one.Secret.Path);
            else if (leftOut.Length > 0)
                AcmeLog.LeftOut(_log, one.Secret.Path, string.Join(", ", leftOut), AcmeLimits.NamesMax);
        }
    }

    // Under the lock. One for other names is served until there is one for these, if it is for any of them.
    private Held? Find(MissingCertificate wanted)
    {
        try
        {
            if (!_held.TryGetValue(wanted.Secret, out Held? held)
                && _store.Find(wanted.Secret) is { } kept)
                _held[wanted.Secret] = held = Hold(wanted.Secret, kept);
            return held is not null && held.Kept.Names.Intersect(wanted.Hostnames).Any() ? held : null;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException
            or UnauthorizedAccessException or CryptographicException)
        {
            AcmeLog.Unreadable(_log, wanted.Secret.Path, fault.Message);
            return null;
        }
    }

    private static Held Hold(ObjectKey secret, KeptCertificate kept)
    {
        using X509Certificate2 leaf = AcmeStore.LeafOf(kept.ChainPem);
        uint hash = BitConverter.ToUInt32(leaf.GetCertHash(HashAlgorithmName.SHA256));
        double draw = hash / (double)uint.MaxValue;
        return new Held(
            TlsSecret.Of(secret, kept.ChainPem, kept.KeyPem), kept, RenewalWindow.DueAt(leaf, draw),
            RenewalWindow.IdOf(leaf), draw);
    }

    private async Task LookAsync(
        MissingCertificate wanted, AcmeClient client, AccountKey key, Func<CancellationToken, Task> reload,
        CancellationToken stop)
    {
        Held? held;
        lock (_lock)
            held = Find(wanted);
        DateTimeOffset now = _time.GetUtcNow();
        // To another authority the certificate is unknown.
        bool isOfAuthority = held?.Kept.Authority == _options.Directory.AbsoluteUri;
        if (held is not null && isOfAuthority && held.Kept.Names.SequenceEqual(wanted.Hostnames)
            && await DueAtAsync(wanted.Secret, held, client, stop) > now)
            return;
        // A clock that was wrong and is put right must not make the pause longer.
        if (_failedAt.TryGetValue(wanted.Secret, out DateTimeOffset failed)
            && (now - failed).Duration() < TimeSpan.FromMilliseconds(AcmeLimits.FailurePauseMs))
            return;
        string names = string.Join(", ", wanted.Hostnames);
        try
        {
            if (_store.TryNote(wanted.Secret, now) is { } next)
            {
                AcmeLog.TooOften(_log, wanted.Secret.Path, AcmeLimits.TriesPerHour, next);
                _failedAt[wanted.Secret] = now;
                return;
            }
            await client.OpenAccountAsync(_options.Email, stop);
            AcmeOrder order = new(client, new Answers(this, reload), key);
            (string chain, string certificateKey) =
                await order.RunAsync(wanted.Hostnames, isOfAuthority ? held!.RenewalId : null, stop);
            KeptCertificate kept =
                new(wanted.Hostnames, chain, certificateKey, _options.Directory.AbsoluteUri);
            Held fresh = Hold(wanted.Secret, kept);
            lock (_lock)
                _held[wanted.Secret] = fresh;
            Keep(wanted.Secret, kept);
            AcmeLog.Issued(_log, wanted.Secret.Path, names, fresh.DueAt);
            await reload(stop);
        }
        catch (Exception fault)
            when (fault is not (OutOfMemoryException or OperationCanceledException))
        {
            // Whatever is wrong with one certificate, the others have their turn.
            _failedAt[wanted.Secret] = now;
            client.Forget();
            AcmeLog.Failed(_log, wanted.Secret.Path, names, fault.Message, AcmeLimits.TriesPerHour);
        }
    }

    // What was issued is served also if the disk is full: authorities issue only so many.
    private void Keep(ObjectKey secret, KeptCertificate kept)
    {
        try
        {
            _store.Keep(secret, kept);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            AcmeLog.NotKept(_log, secret.Path, fault.Message);
        }
    }

    // Where the authority has an opinion, it knows better: it may be about to revoke (RFC 9773). It is asked
    // again when it wants to be.
    private async Task<DateTimeOffset> DueAtAsync(
        ObjectKey secret, Held held, AcmeClient client, CancellationToken stop)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (held.RenewalId is not { } id)
            return held.DueAt;
        if (_suggestions.TryGetValue(secret, out Suggestion? known) && known.RenewalId == id
            && now < known.AskAgainAt)
            return known.DueAt;
        DateTimeOffset dueAt = held.DueAt;
        double pauseMs = AcmeLimits.SuggestionMs;
        try
        {
            if (await client.TryFindAsync("renewalInfo", stop) is { } url)
            {
                (JsonObject? info, TimeSpan retryAfter) =
                    await client.GetAsync(new Uri($"{url.AbsoluteUri.TrimEnd('/')}/{id}"), stop);
                if (retryAfter > TimeSpan.Zero)
                {
                    pauseMs = Math.Clamp(
                        retryAfter.TotalMilliseconds, AcmeLimits.SuggestionMinMs, AcmeLimits.SuggestionMaxMs);
                }
                if (info?["suggestedWindow"] is JsonObject window
                    && IsTime(window["start"], out DateTimeOffset start)
                    && IsTime(window["end"], out DateTimeOffset end))
                    dueAt = RenewalWindow.DueAt(start, end, held.Draw);
            }
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or OperationCanceledException))
        {
            // Whatever it answers, the certificate's own dates are enough.
            pauseMs = AcmeLimits.FailurePauseMs;
        }
        _suggestions[secret] = new Suggestion(id, dueAt, now + TimeSpan.FromMilliseconds(pauseMs));
        return dueAt;
    }

    private static bool IsTime(JsonNode? node, out DateTimeOffset time) => DateTimeOffset.TryParse(
        node?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private sealed record Suggestion(string RenewalId, DateTimeOffset DueAt, DateTimeOffset AskAgainAt);

    private sealed record Held(
        SecretResource Secret, KeptCertificate Kept, DateTimeOffset DueAt, string? RenewalId, double Draw)
    {
        public override string ToString() => Secret.ToString();
    }

    private sealed class SameCertificate : IEqualityComparer<MissingCertificate>
    {
        public static readonly SameCertificate Instance = new();

        public bool Equals(MissingCertificate? x, MissingCertificate? y) =>
            x!.Secret == y!.Secret && x.Hostnames.SequenceEqual(y.Hostnames);

        public int GetHashCode(MissingCertificate obj) => obj.Secret.GetHashCode();
    }

    private sealed class Answers(AcmeCertificates owner, Func<CancellationToken, Task> reload)
        : IChallengeAnswers
    {
        // Which port of the world leads to a listener is not known here, so a listener of any port counts.
        public ChallengeKind KindFor(string name)
        {
            lock (owner._lock)
            {
                return ChallengeRoutes.CanReach(owner._objects, name)
                    ? ChallengeKind.Http01
                    : ChallengeKind.TlsAlpn01;
            }
        }

        public Task PutAsync(
            ChallengeKind kind, string name, string token, string answer, CancellationToken stop)
        {
            if (kind == ChallengeKind.Http01)
                owner._server.Put(token, answer);
            lock (owner._lock)
            {
                if (kind == ChallengeKind.Http01)
                    owner._challenges = owner._challenges.SetItem(token, name);
                else
                    owner._tlsChallenge = TlsChallenge.Make(token, name, answer, owner._time.GetUtcNow());
            }
            return reload(stop);
        }

        public Task RemoveAsync(string token, CancellationToken stop)
        {
            owner._server.Remove(token);
            lock (owner._lock)
            {
                owner._challenges = owner._challenges.Remove(token);
                if (owner._tlsChallenge?.Token == token)
                    owner._tlsChallenge = null;
            }
            return reload(stop);
        }
    }
}
