using Serval.Config;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>More listeners than a snapshot takes, added to one Gateway by ListenerSets.</summary>
public sealed class ManyListenersTests
{
    private const int ListenersOfSet = 64;

    [Fact]
    public void The_oldest_ten_thousand_are_served_and_the_rest_says_so()
    {
        const int Sets = (ConfigLimits.Listeners / ListenersOfSet) + 2;
        ControlPlane plane = Plane(Sets, ListenersOfSet);
        Translation translation = plane.Apply(new ChangeBatch
        {
            Upserts = [SmallObjects.Route("web", 0, "edge")],
        })!;
        Assert.Equal(ConfigLimits.Listeners, translation.Snapshot.Listeners.Length);
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
        Assert.Single(translation.Snapshot.Routes);
        ListenerSetStatus[] sets =
        [
            .. translation.Status.Objects.Values.OfType<ListenerSetStatus>()
                .OrderBy(set => int.Parse(set.Name[1..], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(Sets, sets.Length);
        string[] reasons =
        [
            .. sets.SelectMany(set => set.Listeners)
                .Select(listener => listener.Conditions.Single(one => one.Type == "Accepted").Reason),
        ];
        // The Gateway's own listener is the first.
        const int Taken = ConfigLimits.Listeners - 1;
        Assert.All(reasons[..Taken], reason => Assert.Equal("Accepted", reason));
        Assert.All(reasons[Taken..], reason => Assert.Equal("TooManyListeners", reason));
        // A set of which none is taken is not accepted itself.
        Condition last = sets[^1].Conditions.Single(one => one.Type == "Accepted");
        Assert.Equal((ConditionStatus.False, "ListenersNotValid"), (last.Status, last.Reason));

        // The youngest of those that were kept out comes in once an older one goes.
        translation = plane.Apply(new ChangeBatch { Deletes = [Set(0, ListenersOfSet).Key] })!;
        Assert.Equal(ConfigLimits.Listeners, translation.Snapshot.Listeners.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ListenersOfSet)]
    public void What_one_more_set_costs_grows_no_faster_than_the_listeners(int each)
    {
        const int Few = 640;
        const int Times = 12;
        double few = BytesForOneMore(Few / each, each);
        double many = BytesForOneMore(Few * Times / each, each);
        Assert.InRange(many / few, 1, Times * 1.5);
    }

    private static double BytesForOneMore(int sets, int each)
    {
        ControlPlane plane = Plane(sets, each);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(plane.Apply(new ChangeBatch { Upserts = [Set(sets, each)] }));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ControlPlane Plane(int sets, int each)
    {
        ControlPlane plane = new(new TranslationOptions(), ResourceKind.All);
        plane.Apply(SmallObjects.First(
        [
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            .. Enumerable.Range(0, sets).Select(i => Set(i, each)),
        ]));
        return plane;
    }

    private static ListenerSetResource Set(int index, int each) => new()
    {
        Metadata = SmallObjects.Meta($"s{index}", index),
        Spec = new ListenerSetSpec
        {
            ParentRef = new ParentReference { Name = "edge" },
            Listeners =
            [
                .. Enumerable.Range(0, each).Select(
                    i => SmallObjects.Listener($"l{i}", hostname: $"h{index}-{i}.example.com")),
            ],
        },
    };
}
