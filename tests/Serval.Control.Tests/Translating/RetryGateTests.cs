using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Translating;

public sealed class RetryGateTests
{
    [Fact]
    public void A_rule_with_a_number_of_retries_that_makes_no_sense_is_refused_and_the_others_are_served()
    {
        HttpRouteResource route = SmallObjects.Route("web", 0, "edge", "web");
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            SmallObjects.Service("web", 80),
            route with
            {
                Spec = route.Spec with
                {
                    Rules =
                    [
                        new RouteRule
                        {
                            Matches = [new RouteMatch { Path = new RoutePathMatch { Value = "/none" } }],
                            BackendRefs = route.Spec.Rules[0].BackendRefs,
                            Retry = new RouteRetry { Attempts = 0 },
                        },
                        .. route.Spec.Rules,
                    ],
                },
            });
        Assert.Equal(
            [true, false], translation.Snapshot.Routes.Single().Rules.Select(rule => rule.IsRefused));
        Condition[] conditions = [.. translation.Status.Routes.Single().Parents[0].Conditions];
        Assert.Equal(ConditionStatus.True, conditions.Single(one => one.Type == "Accepted").Status);
        Condition partial = conditions.Single(one => one.Type == "PartiallyInvalid");
        Assert.Contains("spec.rules[0].retry.attempts", partial.Message, StringComparison.Ordinal);
    }
}
