using System.Net;
using Serval.Kubernetes.Tests.Gateways;

namespace Serval.Kubernetes.Tests.Load;

/// <summary>Fills a cluster with routes of three rules and Services with endpoints.</summary>
internal sealed class LoadCluster(Scene scene)
{
    private const int WritersAtOnce = 16;
    private const int EndpointsOfService = 100;

    /// <summary>Creates Services whose endpoints, that many in all, are nobody's.</summary>
    public Task CreateEndpointsAsync(int count) => ForAsync(0, count / EndpointsOfService, async i =>
    {
        await PostAsync("/api/v1/namespaces/default/services",
            $$$"""
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"s{{{i}}}"},
             "spec":{"ports":[{"name":"http","port":80}]}}
            """);
        string endpoints = string.Join(',', Enumerable.Range(0, EndpointsOfService).Select(
            j => $$"""{"addresses":["10.{{i / 250}}.{{i % 250}}.{{j + 1}}"]}"""));
        await PostAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            $$$"""
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
             "metadata":{"name":"s{{{i}}}-1","labels":{"kubernetes.io/service-name":"s{{{i}}}"}},
             "ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{{{endpoints}}}]}
            """);
    });

    /// <summary>Creates routes with three rules each: one to the real upstream, two to Services.</summary>
    public Task CreateRoutesAsync(string prefix, int from, int count, int services) =>
        ForAsync(from, from + count, i => CreateRouteAsync($"{prefix}{i}", i, services));

    /// <summary>Changes a match of these routes.</summary>
    public Task ChangeRoutesAsync(string prefix, int from, int count) => ForAsync(from, from + count, i =>
        scene.Server.SendAsync(HttpMethod.Patch, $"{Scene.RoutesPath}/{prefix}{i}",
            """[{"op":"replace","path":"/spec/rules/1/matches/0/path/value","value":"/changed"}]""",
            "application/json-patch+json"));

    /// <summary>Deletes these routes.</summary>
    public Task DeleteRoutesAsync(string prefix, int from, int count) =>
        ForAsync(from, from + count, i => scene.DeleteRouteAsync($"{prefix}{i}"));

    /// <summary>Creates one route.</summary>
    public Task CreateRouteAsync(string name, int i, int services) => PostAsync(Scene.RoutesPath, $$$"""
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"{{{name}}}"},
         "spec":{"parentRefs":[{"name":"edge"}],"hostnames":["{{{name}}}.example.com"],"rules":[
          {"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"backendRefs":[{"name":"shop","port":80}]},
          {"matches":[{"path":{"type":"PathPrefix","value":"/api"}}],
           "backendRefs":[{"name":"s{{{i % services}}}","port":80}]},
          {"matches":[{"path":{"type":"Exact","value":"/health"},"headers":[{"name":"x-a","value":"b"}]}],
           "backendRefs":[{"name":"s{{{(i + 1) % services}}}","port":80}]}]}}
        """);

    private static Task ForAsync(int from, int to, Func<int, Task> act) => Parallel.ForAsync(
        from, to, new ParallelOptions { MaxDegreeOfParallelism = WritersAtOnce }, async (i, _) =>
            await act(i));

    private async Task PostAsync(string path, string body)
    {
        (HttpStatusCode status, string answer) = await scene.Server.TrySendAsync(HttpMethod.Post, path, body);
        Assert.True(status == HttpStatusCode.Created, answer);
    }
}
