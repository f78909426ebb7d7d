using System.Text;
using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>What the end of a connection costs the kernel.</summary>
public sealed class ClosingTests
{
    private const int Visits = 200;

    private static readonly string Plain =
        $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na{MarkedClient.Mark}";

    [Fact]
    public void A_connection_whose_client_wants_no_more_is_closed_without_a_thread_of_the_kernel() =>
        AssertThreads(
            "GET /path HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n", Outcome.Completed, 0);

    // What may still come from the client must be read before the close: for that the half is ended first.
    [Fact]
    public void Ending_halves_takes_one_thread_of_the_kernel_however_many_there_are() =>
        AssertThreads(
            "GET /path HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", Outcome.BadRequest, 1);

    // On a thread of its own: the kernel's threads outlive their ring a little, and go by its thread's name.
    private static void AssertThreads(string request, Outcome outcome, int expected)
    {
        (long Answers, int Threads) seen = default;
        Thread thread = new(() =>
        {
            using LoopbackOrigin origin = new(Plain);
            using WorkerOnThisThread worker = new(
                port => AllocationGateTests.SnapshotOf(port, origin.Port, []));
            Visit(worker, request);
            seen = (worker.Counters.ReadOutcome(outcome), KernelThreads());
        });
        thread.Start();
        thread.Join();
        Assert.Equal((Visits, expected), (seen.Answers, seen.Threads));
    }

    private static void Visit(WorkerOnThisThread worker, string request)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        worker.Allocates(() => { }, () =>
        {
            MarkedClient[] clients = new MarkedClient[20];
            for (int round = 0; round < Visits / clients.Length; round++)
            {
                for (int i = 0; i < clients.Length; i++) clients[i] = new MarkedClient(worker.Port);
                foreach (MarkedClient client in clients) client.Send(bytes);
                foreach (MarkedClient client in clients)
                {
                    client.ReadToEnd();
                    client.Dispose();
                }
            }
        });
    }

    // The kernel names them after the thread that owns the ring, which is the one that runs the turns.
    private static int KernelThreads()
    {
        FileSystemInfo self = new FileInfo("/proc/thread-self").ResolveLinkTarget(false)!;
        string thread = Path.GetFileName(self.FullName);
        return Directory.GetDirectories("/proc/self/task").Count(task => NameOf(task) == $"iou-wrk-{thread}");
    }

    // Threads of other tests end between their being listed and being read.
    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
