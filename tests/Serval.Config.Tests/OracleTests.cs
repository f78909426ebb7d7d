using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Compiling;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class OracleTests
{
    private static readonly string[] Addresses = ["", "192.0.2.1", "192.0.2.2"];

    [Fact]
    public void Lookups_agree_with_the_specification_read_literally() =>
        Prop.ForAll(Scenario.Any(), Agrees).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static bool Agrees(Scenario scenario)
    {
        Assert.Empty(SnapshotValidator.Validate(scenario.Snapshot));
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(scenario.Snapshot);
        foreach (string address in Addresses)
        {
            int group = compiled.FindGroup(address, 80);
            foreach (Request request in scenario.Requests)
            {
                RouteHit hit = request.Find(compiled, group);
                (string Route, int Rule, int Listener, int Prefix)? wanted =
                    Oracle.Find(scenario.Snapshot, address, 80, request);
                (string route, int rule) = request.FindRule(compiled, group);
                if (wanted is null ? hit != new RouteHit(-1, -1, 0)
                    : (route, rule, hit.ListenerIndex, hit.MatchedPrefixLength) != wanted)
                    throw new InvalidOperationException(
                        $"{request} at \"{address}\": {route}[{rule}] {hit}, not {wanted}");
                if (request.Explain(compiled, group).Hit != hit)
                    throw new InvalidOperationException($"{request}: the explanation differs");
            }
        }

        return true;
    }
}
