using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Tests.Workers;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Swapping;

/// <summary>What a publisher says while a worker cannot follow.</summary>
public sealed class AdoptionTests
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET /path HTTP/1.1\r\nHost: a.example\r\n\r\n");

    [Fact]
    public void A_snapshot_that_a_worker_has_not_adopted_is_not_live()
    {
        using SilentOrigin origin = new();
        LiveConfiguration live = new();
        WorkerThread worker = WorkerThread.Start(
            new WorkerOptions { Index = 0, ConnectionSlots = 256, Timeouts = new Timeouts(), Seed = 1 },
            processor: 0, live);
        using CertificateStore certificates = new();
        using Publisher publisher = new(
            [worker], live, new Timeouts(), certificates, TimeSpan.FromSeconds(3));
        int port = Ports.Free();
        List<MarkedClient> clients = [];

        // Each exchange waits for its response, whose edits are those of the snapshot that it began with.
        for (int version = 0; version < Limits.SnapshotsPinned; version++)
        {
            Assert.True(publisher.Apply(SnapshotOf(version, port, origin.Port)).IsAccepted);
            clients.Add(new MarkedClient(port));
            clients[version].Send(Request);
            origin.AwaitRequest();
        }

        ApplyResult late = publisher.Apply(SnapshotOf(Limits.SnapshotsPinned, port, origin.Port));
        Assert.False(late.IsAccepted);
        Assert.Equal("NotAdopted", Assert.Single(late.Findings).Reason);
        Assert.Equal(late.Version, publisher.Live!.Version);
        Assert.Equal("31", late.Version);

        origin.CloseFirst();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                publisher.Sweep();
                return publisher.Live!.Version == "32";
            }, 60_000));
        clients.ForEach(client => client.Dispose());
        worker.Stop();
        worker.Ended.Wait();
        worker.Dispose();
    }

    private static Snapshot SnapshotOf(int version, int port, int originPort) =>
        AllocationGateTests.SnapshotOf(port, originPort,
        [
            new ResponseHeaderFilter(new HeaderEdits
            {
                Set = [new HeaderValue("X-Version", version.ToString(CultureInfo.InvariantCulture))],
            }),
        ]) with
        { Version = version.ToString(CultureInfo.InvariantCulture) };

    // Takes requests and never answers.
    private sealed class SilentOrigin : IDisposable
    {
        private readonly Socket _listener = new(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _connections = [];

        public SilentOrigin()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(64);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void AwaitRequest()
        {
            Socket connection = _listener.Accept();
            _connections.Add(connection);
            connection.ReceiveTimeout = 60_000;
            Assert.True(connection.Receive(new byte[4_096]) > 0);
        }

        public void CloseFirst() => _connections[0].Dispose();

        public void Dispose()
        {
            _connections.ForEach(connection => connection.Dispose());
            _listener.Dispose();
        }
    }
}
