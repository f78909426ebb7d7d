using System.Globalization;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// What the condition of a route says about a backend that is not there, as Services come and go.
/// </summary>
public sealed class NearNameTests
{
    private readonly Comparison _comparison = new(new Random(1), new TranslationOptions());

    [Fact]
    public void A_Service_with_a_near_name_is_named_once_it_comes_and_no_longer_when_it_goes()
    {
        Step(SmallObjects.Class(), Edge, Route("echo-stabel"), Service("search", 80));
        Assert.EndsWith("There is no Service shop/echo-stabel.", Message(), StringComparison.Ordinal);
        Step(Service("echo-stable", 80));
        Assert.EndsWith(
            "There is no Service shop/echo-stabel. Did you mean echo-stable?", Message(),
            StringComparison.Ordinal);
        Step(Service("echo-stable", 81)); // the route need not be looked at again
        Assert.EndsWith("Did you mean echo-stable?", Message(), StringComparison.Ordinal);
        _comparison.Step(new ChangeBatch { Deletes = [Service("echo-stable", 81).Key] });
        Assert.EndsWith("There is no Service shop/echo-stabel.", Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_names_of_a_namespace_are_compared()
    {
        Step(
        [
            SmallObjects.Class(), Edge, Route("zz-echo-stabel"), Service("zz-echo-stable", 80),
            .. Enumerable.Range(0, Limits.NamesCompared - 1).Select(Numbered),
        ]);
        Assert.EndsWith("Did you mean zz-echo-stable?", Message(), StringComparison.Ordinal);
        Step(Numbered(Limits.NamesCompared - 1));
        Assert.EndsWith("There is no Service shop/zz-echo-stabel.", Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_missing_backends_of_a_route_are_explained()
    {
        Step(
            SmallObjects.Class(), Edge, Service("echo-stable", 80),
            Route([.. Enumerable.Repeat("echo-stabel", Limits.NearNamesPerRoute + 1)]));
        Assert.Equal(
            [.. Enumerable.Repeat(true, Limits.NearNamesPerRoute), false],
            _comparison.Current.Findings.Where(finding => finding.Reason == Reason.BackendNotFound)
                .Select(finding => finding.Message.EndsWith('?')));
    }

    private void Step(params Resource[] upserts) =>
        _comparison.Step(new ChangeBatch { Upserts = [.. upserts] });

    private string Message() => _comparison.Current.Status.Routes.Single().Parents[0].Conditions
        .Single(condition => condition.Type == "ResolvedRefs").Message;

    private static GatewayResource Edge => SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http"));

    private static HttpRouteResource Route(params string[] services) =>
        SmallObjects.Route("web", 0, "edge", services);

    private static ServiceResource Service(string name, int port) => SmallObjects.Service(name, port);

    private static ServiceResource Numbered(int number) =>
        Service(number.ToString("'a'000", CultureInfo.InvariantCulture), 80);
}
