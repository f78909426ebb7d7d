using Serval.DataPlane;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>What the publisher asks of workers before it gives something away again.</summary>
public sealed class PublisherTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slot_of_an_endpoint_is_used_again_only_when_no_worker_holds_it(bool isConnected)
    {
        Holder holder = new();
        LiveConfiguration live = new();
        using CertificateStore certificates = new();
        using SimulatedSockets sockets = new(new SimulatedNetwork(1, FaultProfile.None(), keepsTrace: false));
        using Publisher publisher = new(
            [holder], live, new Timeouts(), certificates, TimeSpan.Zero, sockets);
        int first = SlotOf("10.1.0.1");
        if (isConnected) holder.Held = first;
        else holder.AdoptedDirectory = live.Directory.Sequence;
        int second = SlotOf("10.1.0.2");
        int third = SlotOf("10.1.0.3");
        int fourth = SlotOf("10.1.0.4");
        Assert.DoesNotContain(first, new[] { second, third, fourth });
        holder.Held = -1;
        holder.AdoptedDirectory = long.MaxValue;
        Assert.Contains(first, SlotsOf("10.1.0.5", "10.1.0.6", "10.1.0.7", "10.1.0.8"));

        int SlotOf(string address) => Assert.Single(SlotsOf(address));

        int[] SlotsOf(params string[] addresses)
        {
            publisher.Apply(SceneSnapshot.Of(addresses));
            return live.Directory.Clusters[0]!;
        }
    }

    // A worker that adopts at once what it is not told to ignore.
    private sealed class Holder : IAdopter
    {
        public int Held { get; set; } = -1;

        public bool IsEnded => false;

        public long AdoptedSnapshot => long.MaxValue;

        public long AdoptedDirectory { get; set; } = long.MaxValue;

        public bool MayFree(long sequence) => true;

        public int EndpointConnections(int endpoint) => endpoint == Held ? 1 : 0;

        public int TimesClosed(int socket) => int.MaxValue;

        public void Send(WorkerMessage message)
        {
        }

        public void Wake()
        {
        }
    }
}
