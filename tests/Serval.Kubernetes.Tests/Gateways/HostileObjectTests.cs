using System.Net;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>
/// Objects that an API server lets in and that ask for too much or make no sense, beside a route that must
/// not notice. Each says in its own status what is wrong with it.
/// </summary>
public sealed class HostileObjectTests
{
    private const string RoutesPath = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";

    // An API server takes 256 KiB of annotations (ValidateAnnotations).
    private const int AnnotationBytes = 255 * 1024;

    [ApiFact]
    public async Task Routes_that_ask_for_too_much_are_told_so_and_the_others_go_on()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        await scene.AddRouteAsync("good");
        await scene.AnswersAsync("good.example.com");

        string padding = new('x', AnnotationBytes);
        await PostAsync(scene, RoutesPath, Route("large", "/", $$$"""
            , "annotations": {"padding": "{{{padding}}}"}
            """));
        await scene.AnswersAsync("large.example.com");
        // Nested quantifiers: exponential for an engine that backtracks, linear for ours.
        await PostAsync(scene, RoutesPath, Route("bomb", "(/a+)+b", type: "RegularExpression"));
        await scene.RouteHasAsync("bomb", "Accepted", "True");
        await Deadline.UntilAsync(
            () => scene.AskAsync("bomb.example.com", "/" + string.Concat(Enumerable.Repeat("/aaaa", 200))),
            status => status == HttpStatusCode.NotFound);
        const string Huge = "((/a{1,900}){1,900}){1,900}";
        await PostAsync(scene, RoutesPath, Route("huge", Huge, type: "RegularExpression"));
        Assert.Equal("UnsupportedValue", await ReasonAsync(scene, "huge"));
        await PostAsync(scene, RoutesPath, Route("look", "/(?=secret)", type: "RegularExpression"));
        Assert.Equal("UnsupportedValue", await ReasonAsync(scene, "look"));

        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("good.example.com"));
        await scene.AddRouteAsync("after");
        await scene.AnswersAsync("after.example.com");
    }

    [ApiFact]
    public async Task Gateways_that_get_in_each_others_way_are_told_so_and_the_oldest_serves()
    {
        await using Scene scene = await Scene.StartAsync();
        ServalProcess router = await scene.StartRouterAsync();
        await scene.StartGatewayAsync([router.Admin]);
        await scene.AddRouteAsync("good");
        await scene.AnswersAsync("good.example.com");

        await scene.Server.ApplyAsync(Objects.Gateway("second", "default", "serval", scene.Port));
        Assert.Equal("ListenersNotValid", await scene.GatewayHasAsync("Accepted", "False", "second"));
        JsonNode second = await scene.GatewayAsync("second");
        Assert.Equal("HostnameConflict", Scene.Condition(
            second["status"]!["listeners"]![0], "Conflicted")!["reason"]!.GetValue<string>());
        await scene.Server.ApplyAsync($$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: broken, namespace: default}
            type: kubernetes.io/tls
            data: {tls.crt: bm90IGEgY2VydGlmaWNhdGU=, tls.key: bm9yIGEga2V5}
            """);
        await scene.Server.ApplyAsync(
            ObjectText.SecureGateway("broken", "default", Ports.Free(), "broken"));
        JsonNode broken = await Deadline.UntilAsync(() => scene.GatewayAsync("broken"), found =>
            Scene.Condition(found["status"]?["listeners"]?[0], "Accepted") is not null);
        Assert.Equal("False", Scene.Condition(broken["status"]!["listeners"]![0], "Programmed")!["status"]!
            .GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await scene.AskAsync("good.example.com"));
        Assert.Equal("Programmed", await scene.GatewayHasAsync("Programmed", "True"));
    }

    private static async Task<string> ReasonAsync(Scene scene, string route) =>
        (await scene.RouteHasAsync(route, "Accepted", "False"))["reason"]!.GetValue<string>();

    private static async Task PostAsync(Scene scene, string path, string body)
    {
        (HttpStatusCode status, string answer) = await scene.Server.TrySendAsync(HttpMethod.Post, path, body);
        Assert.True(status == HttpStatusCode.Created, answer);
    }

    private static string Route(
        string name, string path, string metadata = "", string type = "PathPrefix") => $$$"""
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute",
         "metadata":{"name":"{{{name}}}"{{{metadata}}}},
         "spec":{"parentRefs":[{"name":"edge"}],"hostnames":["{{{name}}}.example.com"],"rules":[
          {"matches":[{"path":{"type":"{{{type}}}","value":"{{{path}}}"}}],
           "backendRefs":[{"name":"shop","port":80}]}]}}
        """;
}
