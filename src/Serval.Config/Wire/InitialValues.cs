using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Serval.Config.Model;

namespace Serval.Config.Wire;

/// <summary>Creates the model's objects with their initial values, before members are read.</summary>
internal static class InitialValues
{
    /// <summary>
    /// The constructor of a type that has initial values worth keeping; others are constructed from their
    /// members.
    /// </summary>
    public static bool TryCreate(Type type, [NotNullWhen(true)] out Func<object>? create)
    {
        create = Find(type);
        return create is not null;
    }

    /// <summary>
    /// The same, or what makes a blank of a type that is otherwise constructed from its members.
    /// </summary>
    public static Func<object> Creator(Type type) => Find(type) ?? Blank(type);

    /// <summary>True for null, false and arrays without items, which are not written.</summary>
    public static bool IsAbsent(object? value) => value switch
    {
        null or false => true,
        ImmutableArray<Attachment> items => items.IsDefaultOrEmpty,
        ImmutableArray<Authority> items => items.IsDefaultOrEmpty,
        ImmutableArray<Certificate> items => items.IsDefaultOrEmpty,
        ImmutableArray<Cluster> items => items.IsDefaultOrEmpty,
        ImmutableArray<Endpoint> items => items.IsDefaultOrEmpty,
        ImmutableArray<EndpointSet> items => items.IsDefaultOrEmpty,
        ImmutableArray<EndpointSource> items => items.IsDefaultOrEmpty,
        ImmutableArray<Filter> items => items.IsDefaultOrEmpty,
        ImmutableArray<HeaderValue> items => items.IsDefaultOrEmpty,
        ImmutableArray<HttpRoute> items => items.IsDefaultOrEmpty,
        ImmutableArray<HttpRule> items => items.IsDefaultOrEmpty,
        ImmutableArray<Listener> items => items.IsDefaultOrEmpty,
        ImmutableArray<Match> items => items.IsDefaultOrEmpty,
        ImmutableArray<SubjectName> items => items.IsDefaultOrEmpty,
        ImmutableArray<TlsRoute> items => items.IsDefaultOrEmpty,
        ImmutableArray<ValueMatch> items => items.IsDefaultOrEmpty,
        ImmutableArray<WeightedCluster> items => items.IsDefaultOrEmpty,
        ImmutableArray<int> items => items.IsDefaultOrEmpty,
        ImmutableArray<string> items => items.IsDefaultOrEmpty,
        _ => false,
    };

    private static Func<object>? Find(Type type) => 0 switch
    {
        _ when type == typeof(Snapshot) => static () => new Snapshot { Version = "" },
        _ when type == typeof(SnapshotDelta) => static () =>
            new SnapshotDelta { BaseVersion = "", Version = "" },
        _ when type == typeof(SnapshotChanges) => static () => new SnapshotChanges(),
        _ when type == typeof(SnapshotRemovals) => static () => new SnapshotRemovals(),
        _ when type == typeof(Listener) => static () =>
            new Listener { Name = "", Port = 0, Protocol = default },
        _ when type == typeof(HttpRoute) => static () => new HttpRoute { Name = "" },
        _ when type == typeof(Attachment) => static () => new Attachment { Listener = "" },
        _ when type == typeof(HttpRule) => static () => new HttpRule(),
        _ when type == typeof(RetryPolicy) => static () => new RetryPolicy(),
        _ when type == typeof(Match) => static () => new Match(),
        _ when type == typeof(WeightedCluster) => static () => new WeightedCluster(),
        _ when type == typeof(HeaderEdits) => static () => new HeaderEdits(),
        _ when type == typeof(RedirectFilter) => static () => new RedirectFilter(),
        _ when type == typeof(RewriteFilter) => static () => new RewriteFilter(),
        _ when type == typeof(MirrorFilter) => static () => new MirrorFilter(),
        _ when type == typeof(CorsFilter) => static () => new CorsFilter(),
        _ when type == typeof(Cluster) => static () => new Cluster { Name = "" },
        _ when type == typeof(ListenerTls) => static () => new ListenerTls(),
        _ when type == typeof(ClientValidation) => static () => new ClientValidation(),
        _ when type == typeof(Certificate) => static () => new Certificate { Name = "", Digest = "" },
        _ when type == typeof(TlsRoute) => static () => new TlsRoute { Name = "" },
        _ when type == typeof(ClusterTls) => static () => new ClusterTls { Hostname = "" },
        _ when type == typeof(EndpointSet) => static () => new EndpointSet("", []),
        _ => null,
    };

    // What the serialiser's construction leaves where a member is absent.
    private static Func<object> Blank(Type type) => 0 switch
    {
        _ when type == typeof(PathMatch) => static () => new PathMatch(default, null!),
        _ when type == typeof(ValueMatch) => static () => new ValueMatch(null!, null!),
        _ when type == typeof(HeaderValue) => static () => new HeaderValue(null!, null!),
        _ when type == typeof(PathChange) => static () => new PathChange(default, null!),
        _ when type == typeof(Endpoint) => static () => new Endpoint(null!, 0),
        _ when type == typeof(EndpointSource) => static () => new EndpointSource(null!, []),
        _ when type == typeof(Authority) => static () => new Authority(null!, null!),
        _ when type == typeof(SubjectName) => static () => new SubjectName(default, null!),
        _ when type == typeof(RequestHeaderFilter) => static () => new RequestHeaderFilter(null!),
        _ => static () => new ResponseHeaderFilter(null!),
    };
}
