using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Serval.Config.Model;

namespace Serval.Config.Wire;

/// <summary>
/// The init accessors of the model's types, by type and JSON name: init-only properties can be set from
/// nowhere else without reflection. A property that is missing here fails a test.
/// </summary>
internal static partial class InitSetters
{
    private static readonly Dictionary<(Type, string), InitSetter> Setters = CreateSetters();

    /// <summary>The init accessor of a property.</summary>
    public static InitSetter Of(Type type, string name) => Setters[(type, name)];

    private static Dictionary<(Type, string), InitSetter> CreateSetters()
    {
        Dictionary<(Type, string), InitSetter> all = [];
        AddWholes(all);
        AddParts(all);
        AddFilters(all);
        AddTls(all);
        return all;
    }

    private static void AddWholes(Dictionary<(Type, string), InitSetter> all)
    {
        Add<Snapshot, string>(all, "version", SnapshotVersion);
        Add<Snapshot, ImmutableArray<Listener>>(all, "listeners", SnapshotListeners);
        Add<Snapshot, ImmutableArray<HttpRoute>>(all, "routes", SnapshotRoutes);
        Add<Snapshot, ImmutableArray<Cluster>>(all, "clusters", SnapshotClusters);
        Add<Snapshot, ImmutableArray<EndpointSet>>(all, "endpointSets", SnapshotEndpointSets);
        Add<SnapshotDelta, string>(all, "baseVersion", DeltaBaseVersion);
        Add<SnapshotDelta, string>(all, "version", DeltaVersion);
        Add<SnapshotDelta, SnapshotChanges>(all, "changed", DeltaChanged);
        Add<SnapshotDelta, SnapshotRemovals>(all, "removed", DeltaRemoved);
        Add<SnapshotChanges, ImmutableArray<Listener>>(all, "listeners", ChangedListeners);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "listeners", RemovedListeners);
        Add<SnapshotChanges, ImmutableArray<HttpRoute>>(all, "routes", ChangedRoutes);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "routes", RemovedRoutes);
        Add<SnapshotChanges, ImmutableArray<Cluster>>(all, "clusters", ChangedClusters);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "clusters", RemovedClusters);
        Add<SnapshotChanges, ImmutableArray<EndpointSet>>(all, "endpointSets", ChangedEndpointSets);
        Add<SnapshotRemovals, ImmutableArray<string>>(all, "endpointSets", RemovedEndpointSets);
    }

    private static void AddParts(Dictionary<(Type, string), InitSetter> all)
    {
        Add<Listener, string>(all, "name", ListenerName);
        Add<Listener, ImmutableArray<string>>(all, "addresses", ListenerAddresses);
        Add<Listener, int>(all, "port", ListenerPort);
        Add<Listener, ListenerProtocol>(all, "protocol", ListenerProtocol);
        Add<Listener, string?>(all, "hostname", ListenerHostname);
        Add<Listener, PathPolicy>(all, "pathPolicy", ListenerPathPolicy);
        Add<HttpRoute, string>(all, "name", HttpRouteName);
        Add<HttpRoute, long>(all, "createdAtMs", HttpRouteCreatedAtMs);
        Add<HttpRoute, ImmutableArray<Attachment>>(all, "attachments", HttpRouteAttachments);
        Add<HttpRoute, ImmutableArray<HttpRule>>(all, "rules", HttpRouteRules);
        Add<Attachment, string>(all, "listener", AttachmentListener);
        Add<Attachment, ImmutableArray<string>>(all, "hostnames", AttachmentHostnames);
        Add<HttpRule, string?>(all, "name", HttpRuleName);
        Add<HttpRule, ImmutableArray<Match>>(all, "matches", HttpRuleMatches);
        Add<HttpRule, ImmutableArray<Filter>>(all, "filters", HttpRuleFilters);
        Add<HttpRule, ImmutableArray<WeightedCluster>>(all, "backends", HttpRuleBackends);
        Add<HttpRule, bool>(all, "isRefused", HttpRuleIsRefused);
        Add<HttpRule, int>(all, "requestTimeoutMs", HttpRuleRequestTimeoutMs);
        Add<HttpRule, int>(all, "backendRequestTimeoutMs", HttpRuleBackendRequestTimeoutMs);
        Add<HttpRule, RetryPolicy?>(all, "retry", HttpRuleRetry);
        Add<RetryPolicy, ImmutableArray<int>>(all, "codes", RetryPolicyCodes);
        Add<RetryPolicy, int>(all, "attempts", RetryPolicyAttempts);
        Add<RetryPolicy, int>(all, "backoffMs", RetryPolicyBackoffMs);
        Add<Match, PathMatch?>(all, "path", MatchPath);
        Add<Match, string?>(all, "method", MatchMethod);
        Add<Match, ImmutableArray<ValueMatch>>(all, "headers", MatchHeaders);
        Add<Match, ImmutableArray<ValueMatch>>(all, "query", MatchQuery);
        Add<WeightedCluster, string?>(all, "cluster", WeightedClusterCluster);
        Add<WeightedCluster, int>(all, "weight", WeightedClusterWeight);
        Add<WeightedCluster, ImmutableArray<Filter>>(all, "filters", WeightedClusterFilters);
        Add<Cluster, string>(all, "name", ClusterName);
        Add<Cluster, int>(all, "connectTimeoutMs", ClusterConnectTimeoutMs);
        Add<EndpointSet, string>(all, "cluster", EndpointSetCluster);
        Add<EndpointSet, ImmutableArray<Endpoint>>(all, "endpoints", EndpointSetEndpoints);
        Add<EndpointSet, ImmutableArray<Endpoint>>(all, "fallback", EndpointSetFallback);
        Add<EndpointSet, EndpointAffinity>(all, "affinity", EndpointSetAffinity);
        Add<EndpointSet, ImmutableArray<EndpointSource>>(all, "sources", EndpointSetSources);
        Add<EndpointSource, string>(all, "cluster", EndpointSourceCluster);
        Add<EndpointSource, ImmutableArray<Endpoint>>(all, "endpoints", EndpointSourceEndpoints);
        Add<PathMatch, PathMatchKind>(all, "kind", PathMatchKind);
        Add<PathMatch, string>(all, "value", PathMatchValue);
        Add<ValueMatch, string>(all, "name", ValueMatchName);
        Add<ValueMatch, string>(all, "value", ValueMatchValue);
        Add<ValueMatch, bool>(all, "isRegex", ValueMatchIsRegex);
        Add<Endpoint, string>(all, "address", EndpointAddress);
        Add<Endpoint, int>(all, "port", EndpointPort);
    }

    private static void AddFilters(Dictionary<(Type, string), InitSetter> all)
    {
        Add<HeaderEdits, ImmutableArray<HeaderValue>>(all, "set", HeaderEditsSet);
        Add<HeaderEdits, ImmutableArray<HeaderValue>>(all, "add", HeaderEditsAdd);
        Add<HeaderEdits, ImmutableArray<string>>(all, "remove", HeaderEditsRemove);
        Add<RedirectFilter, string?>(all, "scheme", RedirectFilterScheme);
        Add<RedirectFilter, string?>(all, "hostname", RedirectFilterHostname);
        Add<RedirectFilter, int?>(all, "port", RedirectFilterPort);
        Add<RedirectFilter, PathChange?>(all, "path", RedirectFilterPath);
        Add<RedirectFilter, int>(all, "status", RedirectFilterStatus);
        Add<RewriteFilter, string?>(all, "hostname", RewriteFilterHostname);
        Add<RewriteFilter, PathChange?>(all, "path", RewriteFilterPath);
        Add<MirrorFilter, string?>(all, "cluster", MirrorFilterCluster);
        Add<MirrorFilter, int>(all, "numerator", MirrorFilterNumerator);
        Add<MirrorFilter, int>(all, "denominator", MirrorFilterDenominator);
        Add<CorsFilter, ImmutableArray<string>>(all, "allowOrigins", CorsFilterAllowOrigins);
        Add<CorsFilter, bool>(all, "allowCredentials", CorsFilterAllowCredentials);
        Add<CorsFilter, ImmutableArray<string>>(all, "allowMethods", CorsFilterAllowMethods);
        Add<CorsFilter, ImmutableArray<string>>(all, "allowHeaders", CorsFilterAllowHeaders);
        Add<CorsFilter, ImmutableArray<string>>(all, "exposeHeaders", CorsFilterExposeHeaders);
        Add<CorsFilter, int>(all, "maxAgeSeconds", CorsFilterMaxAgeSeconds);
        Add<RequestHeaderFilter, HeaderEdits>(all, "edits", RequestHeaderFilterEdits);
        Add<ResponseHeaderFilter, HeaderEdits>(all, "edits", ResponseHeaderFilterEdits);
        Add<HeaderValue, string>(all, "name", HeaderValueName);
        Add<HeaderValue, string>(all, "value", HeaderValueValue);
        Add<PathChange, PathChangeKind>(all, "kind", PathChangeKind);
        Add<PathChange, string>(all, "value", PathChangeValue);
    }

    private static void Add<TOwner, TValue>(
        Dictionary<(Type, string), InitSetter> all, string name, Action<TOwner, TValue> set) =>
        all.Add((typeof(TOwner), name), new InitSetterOf<TOwner, TValue>(set));

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Version")]
    private static extern void SnapshotVersion(Snapshot owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Listeners")]
    private static extern void SnapshotListeners(Snapshot owner, ImmutableArray<Listener> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Routes")]
    private static extern void SnapshotRoutes(Snapshot owner, ImmutableArray<HttpRoute> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Clusters")]
    private static extern void SnapshotClusters(Snapshot owner, ImmutableArray<Cluster> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_EndpointSets")]
    private static extern void SnapshotEndpointSets(Snapshot owner, ImmutableArray<EndpointSet> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_BaseVersion")]
    private static extern void DeltaBaseVersion(SnapshotDelta owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Version")]
    private static extern void DeltaVersion(SnapshotDelta owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Changed")]
    private static extern void DeltaChanged(SnapshotDelta owner, SnapshotChanges value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Removed")]
    private static extern void DeltaRemoved(SnapshotDelta owner, SnapshotRemovals value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Listeners")]
    private static extern void ChangedListeners(SnapshotChanges owner, ImmutableArray<Listener> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Listeners")]
    private static extern void RemovedListeners(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Routes")]
    private static extern void ChangedRoutes(SnapshotChanges owner, ImmutableArray<HttpRoute> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Routes")]
    private static extern void RemovedRoutes(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Clusters")]
    private static extern void ChangedClusters(SnapshotChanges owner, ImmutableArray<Cluster> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Clusters")]
    private static extern void RemovedClusters(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_EndpointSets")]
    private static extern void ChangedEndpointSets(SnapshotChanges owner, ImmutableArray<EndpointSet> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_EndpointSets")]
    private static extern void RemovedEndpointSets(SnapshotRemovals owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void ListenerName(Listener owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Addresses")]
    private static extern void ListenerAddresses(Listener owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Port")]
    private static extern void ListenerPort(Listener owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Protocol")]
    private static extern void ListenerProtocol(Listener owner, ListenerProtocol value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Hostname")]
    private static extern void ListenerHostname(Listener owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PathPolicy")]
    private static extern void ListenerPathPolicy(Listener owner, PathPolicy value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void HttpRouteName(HttpRoute owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_CreatedAtMs")]
    private static extern void HttpRouteCreatedAtMs(HttpRoute owner, long value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Attachments")]
    private static extern void HttpRouteAttachments(HttpRoute owner, ImmutableArray<Attachment> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Rules")]
    private static extern void HttpRouteRules(HttpRoute owner, ImmutableArray<HttpRule> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Listener")]
    private static extern void AttachmentListener(Attachment owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Hostnames")]
    private static extern void AttachmentHostnames(Attachment owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void HttpRuleName(HttpRule owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Matches")]
    private static extern void HttpRuleMatches(HttpRule owner, ImmutableArray<Match> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Filters")]
    private static extern void HttpRuleFilters(HttpRule owner, ImmutableArray<Filter> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Backends")]
    private static extern void HttpRuleBackends(HttpRule owner, ImmutableArray<WeightedCluster> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_IsRefused")]
    private static extern void HttpRuleIsRefused(HttpRule owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_RequestTimeoutMs")]
    private static extern void HttpRuleRequestTimeoutMs(HttpRule owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_BackendRequestTimeoutMs")]
    private static extern void HttpRuleBackendRequestTimeoutMs(HttpRule owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Path")]
    private static extern void MatchPath(Match owner, PathMatch? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Method")]
    private static extern void MatchMethod(Match owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Headers")]
    private static extern void MatchHeaders(Match owner, ImmutableArray<ValueMatch> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Query")]
    private static extern void MatchQuery(Match owner, ImmutableArray<ValueMatch> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Cluster")]
    private static extern void WeightedClusterCluster(WeightedCluster owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Weight")]
    private static extern void WeightedClusterWeight(WeightedCluster owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Filters")]
    private static extern void WeightedClusterFilters(WeightedCluster owner, ImmutableArray<Filter> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Set")]
    private static extern void HeaderEditsSet(HeaderEdits owner, ImmutableArray<HeaderValue> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Add")]
    private static extern void HeaderEditsAdd(HeaderEdits owner, ImmutableArray<HeaderValue> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Remove")]
    private static extern void HeaderEditsRemove(HeaderEdits owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Scheme")]
    private static extern void RedirectFilterScheme(RedirectFilter owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Hostname")]
    private static extern void RedirectFilterHostname(RedirectFilter owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Port")]
    private static extern void RedirectFilterPort(RedirectFilter owner, int? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Path")]
    private static extern void RedirectFilterPath(RedirectFilter owner, PathChange? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Status")]
    private static extern void RedirectFilterStatus(RedirectFilter owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Hostname")]
    private static extern void RewriteFilterHostname(RewriteFilter owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Path")]
    private static extern void RewriteFilterPath(RewriteFilter owner, PathChange? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void ClusterName(Cluster owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ConnectTimeoutMs")]
    private static extern void ClusterConnectTimeoutMs(Cluster owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Cluster")]
    private static extern void EndpointSetCluster(EndpointSet owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Endpoints")]
    private static extern void EndpointSetEndpoints(EndpointSet owner, ImmutableArray<Endpoint> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Fallback")]
    private static extern void EndpointSetFallback(EndpointSet owner, ImmutableArray<Endpoint> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Affinity")]
    private static extern void EndpointSetAffinity(EndpointSet owner, EndpointAffinity value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Sources")]
    private static extern void EndpointSetSources(EndpointSet owner, ImmutableArray<EndpointSource> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Cluster")]
    private static extern void EndpointSourceCluster(EndpointSource owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Endpoints")]
    private static extern void EndpointSourceEndpoints(EndpointSource owner, ImmutableArray<Endpoint> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Edits")]
    private static extern void RequestHeaderFilterEdits(RequestHeaderFilter owner, HeaderEdits value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Edits")]
    private static extern void ResponseHeaderFilterEdits(ResponseHeaderFilter owner, HeaderEdits value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Kind")]
    private static extern void PathMatchKind(PathMatch owner, PathMatchKind value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Value")]
    private static extern void PathMatchValue(PathMatch owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void ValueMatchName(ValueMatch owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Value")]
    private static extern void ValueMatchValue(ValueMatch owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_IsRegex")]
    private static extern void ValueMatchIsRegex(ValueMatch owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    private static extern void HeaderValueName(HeaderValue owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Value")]
    private static extern void HeaderValueValue(HeaderValue owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Kind")]
    private static extern void PathChangeKind(PathChange owner, PathChangeKind value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Value")]
    private static extern void PathChangeValue(PathChange owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Address")]
    private static extern void EndpointAddress(Endpoint owner, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Port")]
    private static extern void EndpointPort(Endpoint owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_AllowOrigins")]
    private static extern void CorsFilterAllowOrigins(CorsFilter owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_AllowCredentials")]
    private static extern void CorsFilterAllowCredentials(CorsFilter owner, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_AllowMethods")]
    private static extern void CorsFilterAllowMethods(CorsFilter owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_AllowHeaders")]
    private static extern void CorsFilterAllowHeaders(CorsFilter owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ExposeHeaders")]
    private static extern void CorsFilterExposeHeaders(CorsFilter owner, ImmutableArray<string> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MaxAgeSeconds")]
    private static extern void CorsFilterMaxAgeSeconds(CorsFilter owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Retry")]
    private static extern void HttpRuleRetry(HttpRule owner, RetryPolicy? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Codes")]
    private static extern void RetryPolicyCodes(RetryPolicy owner, ImmutableArray<int> value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Attempts")]
    private static extern void RetryPolicyAttempts(RetryPolicy owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_BackoffMs")]
    private static extern void RetryPolicyBackoffMs(RetryPolicy owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Cluster")]
    private static extern void MirrorFilterCluster(MirrorFilter owner, string? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Numerator")]
    private static extern void MirrorFilterNumerator(MirrorFilter owner, int value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Denominator")]
    private static extern void MirrorFilterDenominator(MirrorFilter owner, int value);
}
