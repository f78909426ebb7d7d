using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Leadership;

[Collection(ApiCollection.Name)]
public sealed class LeaseElectionTests(ApiFixture fixture)
{
    private readonly string _lease = $"lease-{Guid.NewGuid():N}";

    private ApiServer Server => fixture.Server;

    private string Path => $"/apis/coordination.k8s.io/v1/namespaces/default/leases/{_lease}";

    [ApiFact]
    public async Task One_of_two_leads_and_a_stopped_leader_is_followed_at_once()
    {
        await using Candidate first = new(Server.Kubeconfig(), _lease, "first");
        await first.WorksAsync();
        await using Candidate second = new(Server.Kubeconfig(), _lease, "second");
        await Deadline.UntilAsync(() => second.Election.Holder, holder => holder == "first");
        Assert.False(second.IsWorking);
        Assert.False(second.Election.IsLeader);
        long epoch = first.Election.Epoch;
        await first.StopAsync();
        JsonNode released = (await Server.GetAsync(Path))["spec"]!;
        Assert.True(released["holderIdentity"]!.GetValue<string>() is "" or "second");
        await second.WorksAsync();
        Assert.True(second.Election.Epoch > epoch);
    }

    [ApiFact]
    public async Task A_leader_that_cannot_renew_stops_before_another_may_take_over()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await using Candidate cutOff = new(Server.Kubeconfig(gate.Address), _lease, "cut-off");
        await cutOff.WorksAsync();
        await using Candidate other = new(Server.Kubeconfig(), _lease, "other");
        gate.Refuse = _ => new ApiGate.Refusal(503);
        gate.CutAll();
        await other.WorksAsync();
        Assert.False(cutOff.IsWorking);
        Assert.False(cutOff.Election.IsLeader);
        gate.Refuse = _ => null;
        await Deadline.UntilAsync(() => cutOff.Election.Holder, holder => holder == "other");
        Assert.Equal(1, cutOff.Terms);
        Assert.Equal(1, other.Terms);
    }

    // Others may have led in between: what was sent under the old epoch must not win over what they sent.
    [ApiFact]
    public async Task A_leader_that_was_cut_off_leads_again_with_a_larger_epoch()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await using Candidate candidate = new(Server.Kubeconfig(gate.Address), _lease, "cut-off");
        await candidate.WorksAsync();
        long epoch = candidate.Election.Epoch;
        gate.Refuse = _ => new ApiGate.Refusal(503);
        gate.CutAll();
        await candidate.RestsAsync();
        gate.Refuse = _ => null;
        await candidate.WorksAsync();
        Assert.Equal(2, candidate.Terms);
        Assert.True(candidate.Election.Epoch > epoch);
    }

    [ApiFact]
    public async Task A_lease_runs_out_when_its_holder_has_said_and_not_when_another_would_have()
    {
        await Server.SendAsync(HttpMethod.Post, Path[..Path.LastIndexOf('/')], $$$"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{{_lease}}}"},
             "spec":{"holderIdentity":"gone","leaseDurationSeconds":1} }
            """);
        await using Candidate patient = new(Server.Kubeconfig(), _lease, "patient", leaseSeconds: 3_600);
        await patient.WorksAsync();
        Assert.Equal("patient", patient.Election.Holder);
    }

    [ApiFact]
    public async Task Wall_clocks_that_differ_by_years_decide_nothing()
    {
        await using Candidate ahead = new(Server.Kubeconfig(), _lease, "ahead", new ShiftedTime(3_650));
        await ahead.WorksAsync();
        await using Candidate behind = new(Server.Kubeconfig(), _lease, "behind", new ShiftedTime(-3_650));
        await Deadline.UntilAsync(() => behind.Election.Holder, holder => holder == "ahead");
        string version = await VersionAsync();
        await Deadline.UntilAsync(VersionAsync, now => now != version);
        Assert.False(behind.IsWorking);
        long epoch = ahead.Election.Epoch;
        await ahead.StopAsync();
        await behind.WorksAsync();
        Assert.True(behind.Election.Epoch > epoch);
    }

    [ApiFact]
    public async Task A_lease_without_a_specification_is_free_and_what_others_put_there_stays()
    {
        await Server.SendAsync(HttpMethod.Post, Path[..Path.LastIndexOf('/')], $$$"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
             "metadata":{"name":"{{{_lease}}}","labels":{"team":"edge"} } }
            """);
        await using Candidate candidate = new(Server.Kubeconfig(), _lease, "candidate");
        await candidate.WorksAsync();
        JsonNode lease = await Server.GetAsync(Path);
        Assert.Equal("edge", lease["metadata"]!["labels"]!["team"]!.GetValue<string>());
        Assert.Equal("candidate", lease["spec"]!["holderIdentity"]!.GetValue<string>());
        Assert.Equal(27, lease["spec"]!["renewTime"]!.GetValue<string>().Length);
    }

    [ApiFact]
    public async Task A_deleted_lease_is_made_again_and_its_epoch_never_falls()
    {
        await using Candidate candidate = new(Server.Kubeconfig(), _lease, "candidate");
        await candidate.WorksAsync();
        long epoch = candidate.Election.Epoch;
        await Server.DeleteAsync(Path);
        await Deadline.UntilAsync(async () => (await Server.TrySendAsync(HttpMethod.Get, Path)).Status,
            status => status == System.Net.HttpStatusCode.OK);
        Assert.True(candidate.IsWorking);
        await Deadline.UntilAsync(() => candidate.Election.Epoch, now => now > epoch);
    }

    private async Task<string> VersionAsync() =>
        (await Server.GetAsync(Path))["metadata"]!["resourceVersion"]!.GetValue<string>();

    /// <summary>A wall clock that is wrong by some days; the monotonic one is right.</summary>
    private sealed class ShiftedTime(int days) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(days);
    }
}
