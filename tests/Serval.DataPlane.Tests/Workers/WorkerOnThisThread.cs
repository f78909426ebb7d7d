using System.Net;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;
using Tmds.Linux;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>
/// A production worker on the real kernel whose turns are run by the test, on the test's thread.
/// </summary>
internal sealed unsafe class WorkerOnThisThread : IDisposable
{
    private readonly WakeDescriptor _wake = new();
    private readonly Worker<LinuxRing> _worker;
    private readonly CertificateStore _certificates;
    private readonly int _descriptor;

    /// <param name="snapshot">The snapshot to serve, given the port it is served on.</param>
    /// <param name="accessLog">Where access records go; null writes none.</param>
    /// <param name="certificates">Key pairs of its listeners; null for none.</param>
    /// <param name="clock">Null for the machine's.</param>
    public WorkerOnThisThread(
        Func<int, Snapshot> snapshot, AccessLogQueue? accessLog = null, IClock? clock = null,
        CertificateStore? certificates = null)
    {
        _certificates = certificates ?? new CertificateStore();
        const int slots = 512;
        BufferPool buffers = new(1_024, 2_048);
        LiveConfiguration live = new();
        WorkerOptions options = new()
        {
            Index = 0,
            ConnectionSlots = slots,
            Buffers = buffers.Count,
            Timeouts = new Timeouts(),
            Seed = 1,
            AccessLog = accessLog,
        };
        LinuxRing ring = LinuxRing.Create(slots, buffers, _wake.Descriptor);
        _worker = new Worker<LinuxRing>(options, ring, buffers, live, clock ?? new SystemClock());
        _descriptor = Listening.Open(new IPEndPoint(IPAddress.Loopback, 0));
        RingAddress address = default;
        socklen_t length = RingAddress.BytesMax;
        Assert.Equal(0, LibC.getsockname(_descriptor, (sockaddr*)&address, &length));
        Port = address.Port;
        Publish(live, snapshot(Port));
        _worker.Begin();
        Assert.True(
            _worker.Mailbox.TrySend(new WorkerMessage(WorkerMessageKind.AddSocket, 0, _descriptor, Port)));
        _wake.Wake();
    }

    public int Port { get; }

    public WorkerCounters Counters => _worker.Counters;

    /// <summary>
    /// Runs turns on this thread while another thread drives it; returns the bytes that this thread allocated
    /// from the end of the warm-up on.
    /// </summary>
    public long Allocates(Action warmUp, Action load)
    {
        using ManualResetEventSlim mayLoad = new();
        Exception? failure = null;
        int stage = 0;
        Thread driver = new(() =>
        {
            try
            {
                warmUp();
                Volatile.Write(ref stage, 1);
                _wake.Wake();
                mayLoad.Wait();
                load();
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                failure = thrown;
            }

            Volatile.Write(ref stage, 2);
            _wake.Wake();
        })
        { Name = "driver", IsBackground = true };
        driver.Start();
        while (Volatile.Read(ref stage) == 0) _worker.Turn();
        mayLoad.Set();
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (Volatile.Read(ref stage) != 2) _worker.Turn();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        driver.Join();
        Assert.True(failure is null, failure?.ToString());
        return allocated;
    }

    public void Dispose()
    {
        _worker.EndRing();
        Listening.Close(_descriptor);
        _worker.Dispose();
        _wake.Dispose();
    }

    // What the publisher does, for one socket and one worker.
    private void Publish(LiveConfiguration live, Snapshot snapshot)
    {
        SnapshotTies ties = new(_certificates);
        CompiledSnapshot tables = CompiledSnapshot.Compile(snapshot);
        live.Directory = ties.Endpoints.Update(snapshot);
        live.Snapshot = ties.Tie(
            snapshot, tables,
            new Dictionary<SocketKey, int> { [new SocketKey("", snapshot.Listeners[0].Port)] = 0 },
            before: null);
    }
}
