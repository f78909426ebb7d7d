using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>Which objects a change is about.</summary>
public sealed class ScopeTests
{
    private static readonly DesiredState Next = State(
        acls: [Acl("a", 1), Acl("b", 2), Acl("c", 3)],
        bindings:
        [
            Binding("eth0", ["a"], ["b"]), Binding("tunnel:one", ["b"]), Binding("wg2", ["c"]),
        ],
        tunnels: [Tunnel("one", 1), Tunnel("two", 2), Tunnel("three", 3)],
        nat: new SourceNat(["eth0", "tunnel:one"], ["wg2"], [], 0));

    [Theory]
    [InlineData("acl/a", "acl/a", "")]
    [InlineData("binding/eth0", "acl/a acl/b binding/eth0", "")]
    [InlineData("binding/eth7", "binding/eth7", "")]
    [InlineData("tunnel/three", "tunnel/three", "")]
    [InlineData("tunnel/one", "tunnel/one", "acl/b binding/tunnel:one")]
    [InlineData("tunnel/two", "tunnel/two", "acl/c binding/wg2")]
    [InlineData("binding/wg2", "acl/c binding/wg2 tunnel/two", "")]
    [InlineData("nat", "nat tunnel/one tunnel/two", "acl/b acl/c binding/tunnel:one binding/wg2")]
    public void A_change_needs_what_its_object_names_and_plans_what_guards_a_tunnel(
        string key, string required, string planned)
    {
        foreach (PlanScope scope in (PlanScope[])[
            PlanScope.Of(key, Next, DesiredState.Empty), PlanScope.Of(key, Next, Next)])
        {
            Assert.Equal(required, string.Join(' ', scope.Required.Order(StringComparer.Ordinal)));
            Assert.Equal(
                string.Join(' ', $"{required} {planned}".Trim().Split(' ').Order(StringComparer.Ordinal)),
                string.Join(' ', scope.Planned.Order(StringComparer.Ordinal)));
        }
    }

    // What it needed before counts too: it has to be looked at to be taken away.
    [Theory]
    [InlineData("binding/eth0", "acl/a acl/b binding/eth0")]
    [InlineData("nat", "nat tunnel/one tunnel/two")]
    public void What_an_object_has_named_before_belongs_to_its_change(string key, string required)
    {
        PlanScope scope = PlanScope.Of(key, DesiredState.Empty, Next);
        Assert.Equal(required, string.Join(' ', scope.Required.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Everything_that_was_given_up_is_taken_away_together()
    {
        PlanScope scope = PlanScope.OfLeaving(Next);
        Assert.Equal(
            "binding/eth0 binding/tunnel:one binding/wg2 nat tunnel/one tunnel/three tunnel/two",
            string.Join(' ', scope.Planned.Order(StringComparer.Ordinal)));
        Assert.Equal(scope.Planned, scope.Required);
        Assert.DoesNotContain("nat", PlanScope.OfLeaving(Next with { Nat = null }).Planned);
    }
}
