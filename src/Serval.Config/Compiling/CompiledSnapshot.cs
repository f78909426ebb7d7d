using System.Collections.Immutable;
using System.Security.Cryptography;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// A snapshot as indexes and tables in unmanaged memory: what workers read. Immutable once compiled; any
/// number of threads may look up at once. <see cref="Dispose"/> only when no exchange pins it any more.
/// </summary>
public sealed class CompiledSnapshot : IDisposable
{
    private const int SecretBytes = 16;

    private readonly ListenerGroups _groups;
    private readonly PatternSet _patterns;

    private readonly NumberedList<HttpRoute> _routes;
    private readonly NumberedList<Cluster> _clusters;
    private readonly object _token;
    private RouteTables _tables;

    private CompiledSnapshot(ValidSnapshot valid, ListenerGroups groups, RouteTables tables)
    {
        Source = valid.Source;
        _patterns = valid.Patterns;
        (_routes, _clusters, _token) = (valid.Routes, valid.Clusters, valid.Tables);
        (_groups, _tables) = (groups, tables);
    }

    /// <summary>What it was compiled from.</summary>
    public Snapshot Source { get; }

    /// <summary>Listener groups, numbered from 0; see <see cref="FindGroup"/>.</summary>
    public int GroupCount => _tables.GroupCount;

    /// <summary>True when most of it was copied from the tables before.</summary>
    public bool IsPatched { get; private init; }

    /// <summary>One more than the largest number of a route.</summary>
    public int RouteCount => _routes.Count;

    /// <summary>One more than the largest number of a cluster.</summary>
    public int ClusterCount => _clusters.Count;

    /// <summary>Unmanaged bytes that the tables occupy until <see cref="Dispose"/>.</summary>
    public long MemoryBytes => _tables.MemoryBytes;

    /// <summary>How many different regular expressions there are.</summary>
    public int RegexCount => _tables.Regexes.Count;

    /// <summary>
    /// How often a value was longer than <see cref="ConfigLimits.RegexInputBytes"/>, and so matched no
    /// regular expression.
    /// </summary>
    public long RegexOverflows => _tables.Regexes.Overflows;

    /// <summary>Compiles a snapshot. The memory that it takes is linear in the snapshot's size.</summary>
    public static CompiledSnapshot Compile(ValidSnapshot snapshot)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return Compile(snapshot, KeyedHash.From(secret));
    }

    /// <summary>
    /// Compiles a snapshot. If it differs in some routes from the one that <paramref name="before"/> was
    /// compiled from, only their hostnames are compiled, and the rest is copied. The tables before are read,
    /// so they must not be disposed meanwhile.
    /// </summary>
    /// <param name="snapshot">What to compile.</param>
    /// <param name="before">What was compiled last; null for nothing.</param>
    /// <param name="spare">
    /// An older one that nobody reads any more: its memory is used again, or freed. Null for none.
    /// </param>
    public static CompiledSnapshot Compile(
        ValidSnapshot snapshot, CompiledSnapshot? before, CompiledSnapshot? spare = null)
    {
        if (before is null || !ReferenceEquals(before._token, snapshot.TablesBefore)
            || !ReferenceEquals(before._patterns, snapshot.Patterns))
        {
            spare?.Dispose();
            return Compile(snapshot);
        }

        RouteTables? tables = SnapshotPatcher.TryPatch(
            before._tables, snapshot.Source, snapshot.Routes, snapshot.RouteChanges,
            name => snapshot.Clusters.Find(name, cluster => cluster.Name), snapshot.Patterns,
            spare?.GiveTables());
        return tables is null
            ? Compile(snapshot)
            : new CompiledSnapshot(snapshot, before._groups, tables) { IsPatched = true };
    }

    /// <summary>Checks a snapshot and compiles it.</summary>
    /// <exception cref="ArgumentException">The snapshot is not valid.</exception>
    public static CompiledSnapshot Compile(Snapshot snapshot) => Compile(Check(snapshot));

    /// <summary>
    /// The group of listeners that share this address (empty for all addresses) and port; -1 when there is
    /// none.
    /// Groups are numbered from 0 in the order of first appearance in <see cref="Snapshot.Listeners"/>.
    /// </summary>
    public int FindGroup(string address, int port) => _groups.Find(address, port);

    /// <summary>
    /// Finds the listener for a host: the one of the group with the most specific hostname. What becomes of
    /// the path depends on it, so it comes before <see cref="Match"/>. Serves server names of TLS in the same
    /// way.
    /// </summary>
    /// <param name="group">See <see cref="FindGroup"/>.</param>
    /// <param name="host">
    /// As <see cref="RequestTarget.Host"/>, or a server name in lower case; empty when there is none.
    /// </param>
    public ListenerHit FindListener(int group, scoped ReadOnlySpan<byte> host)
    {
        NoTrace trace = default;
        return RouteWalk.FindListener(_tables, group, host, ref trace);
    }

    /// <summary>
    /// Finds the rule for a request on its listener, by the precedence of the Gateway API: most specific
    /// route hostname, exact path, longest regular expression, longest prefix, method, number of headers,
    /// number of query parameters, oldest route, name, order in the route. Allocates nothing, except that
    /// regular expressions may while their automaton grows.
    /// </summary>
    public RouteHit Match<THeaders>(
        ListenerHit listener, scoped in RequestTarget target, scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct
    {
        NoTrace trace = default;
        return RouteWalk.FindRule(_tables, listener, target, ref headers, ref trace);
    }

    /// <summary>
    /// Finds the backends for a connection on its listener of protocol TLS: those of the route with the most
    /// specific hostname, of several the oldest route's. Allocates nothing.
    /// </summary>
    /// <param name="listener">What <see cref="FindListener"/> gave for the same name.</param>
    /// <param name="serverName">In lower case; empty when the client sent none.</param>
    public TlsRouteHit FindTlsRoute(ListenerHit listener, scoped ReadOnlySpan<byte> serverName) =>
        RouteWalk.FindTlsRoute(_tables, listener, serverName);

    /// <summary>
    /// Does what <see cref="FindListener"/> and <see cref="Match"/> do and says why. Allocates; for people,
    /// not for workers.
    /// </summary>
    public RouteExplanation Explain<THeaders>(
        int group, scoped in RequestTarget target, scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct
    {
        ExplanationTrace trace = new(Source, _routes, _tables, _patterns);
        ListenerHit listener = RouteWalk.FindListener(_tables, group, target.Host, ref trace);
        RouteHit hit = RouteWalk.FindRule(_tables, listener, target, ref headers, ref trace);
        return trace.Finish(hit, group, target);
    }

    /// <summary>A route by number; null where the number is free.</summary>
    public HttpRoute? Route(int number) => _routes[number];

    /// <summary>A cluster by number; null where the number is free.</summary>
    public Cluster? Cluster(int number) => _clusters[number];

    /// <summary>A rule by id.</summary>
    public ref readonly CompiledRule Rule(int ruleId) => ref _tables.Rules[ruleId];

    /// <summary>The backends of a rule.</summary>
    public ReadOnlySpan<CompiledBackend> Backends(Slice slice) => _tables.Backends.Slice(slice);

    /// <summary>Header edits.</summary>
    public ReadOnlySpan<CompiledEdit> Edits(Slice slice) => _tables.Edits.Slice(slice);

    /// <summary>A redirect by index.</summary>
    public ref readonly CompiledRedirect Redirect(int index) => ref _tables.Redirects[index];

    /// <summary>A rewrite by index.</summary>
    public ref readonly CompiledRewrite Rewrite(int index) => ref _tables.Rewrites[index];

    /// <summary>A CORS policy by index.</summary>
    public ref readonly CompiledCors Cors(int index) => ref _tables.Cors[index];

    /// <summary>The origins that a CORS policy allows.</summary>
    public ReadOnlySpan<CompiledOrigin> Origins(Slice slice) => _tables.Origins.Slice(slice);

    /// <summary>When requests are sent again, by index.</summary>
    public ref readonly CompiledRetry Retry(int index) => ref _tables.Retries[index];

    /// <summary>Where copies of a rule's requests go.</summary>
    public ReadOnlySpan<CompiledMirror> Mirrors(Slice slice) => _tables.Mirrors.Slice(slice);

    /// <summary>Bytes of a slice.</summary>
    public ReadOnlySpan<byte> Bytes(Slice slice) => _tables.Bytes.Slice(slice);

    /// <summary>Frees the tables. Every later access fails.</summary>
    public void Dispose() => _tables.Dispose();

    // What it was is then disposed, as far as anybody can see.
    private RouteTables GiveTables()
    {
        RouteTables given = _tables;
        _tables = new RouteTables(given.Hash);
        _tables.Dispose();
        return given;
    }

    /// <summary>With a hash that the caller chose.</summary>
    internal static CompiledSnapshot Compile(Snapshot snapshot, KeyedHash hash) =>
        Compile(Check(snapshot), hash);

    private static CompiledSnapshot Compile(ValidSnapshot snapshot, KeyedHash hash)
    {
        ListenerGroups groups = new(snapshot.Source);
        return new CompiledSnapshot(
            snapshot, groups,
            SnapshotCompiler.Compile(snapshot, hash, groups));
    }

    private static ValidSnapshot Check(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return ValidSnapshot.TryCreate(snapshot, null, out ImmutableArray<Finding> findings)
            ?? throw new ArgumentException(
                $"The snapshot is not valid. {findings.First(finding => finding.Severity == Severity.Error)}",
                nameof(snapshot));
    }
}
