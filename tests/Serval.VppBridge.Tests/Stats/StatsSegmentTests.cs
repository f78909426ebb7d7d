using System.Net.Sockets;
using Serval.VppBridge.Model;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Stats;

public sealed class StatsSegmentTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stats");
    private readonly SimulatedStats _vpp;

    public StatsSegmentTests()
    {
        _vpp = new SimulatedStats(_folder.FullName);
        _vpp.Write(
            ["local0", "host-va", "deleted", "wg0"],
            [[(0, 0), (7, 700), (9, 9), (1, 60)], [(0, 0), (3, 300), (9, 9), (0, 0)]],
            [0, 5, 9, 0],
            new() { [3] = [(2, 120), (3, 252)] });
    }

    [Fact]
    public void Counters_of_all_threads_are_added_up()
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        StatsSample sample = segment.Read(Now);
        Assert.Equal(["host-va", "local0", "wg0"], sample.Interfaces.Keys.Order(StringComparer.Ordinal));
        InterfaceCounters va = sample.Interfaces["host-va"];
        Assert.Equal((10UL, 1000UL, 5UL, 1U), (va.RxPackets, va.RxBytes, va.Drops, va.Index));
        Assert.Equal([new RuleCounters(2, 120), new RuleCounters(3, 252)], sample.AclRules[3]);
    }

    [Fact]
    public void A_segment_that_was_laid_out_anew_is_read_anew()
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        segment.Read(Now);
        _vpp.Write(["local0", "x"], [[(0, 0), (1, 2)]], [0, 0], []);
        Assert.Equal(2UL, segment.Read(Now).Interfaces["x"].RxBytes);
    }

    [Fact]
    public void A_segment_that_vpp_never_finishes_writing_is_given_up()
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        _vpp.WriteHeader(3, 1);
        Assert.Throws<VppException>(() => segment.Read(Now));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x7f12_3456_0000UL + (512 * 1024) - 4)]
    public void A_pointer_that_leads_out_of_the_segment_is_not_followed(ulong pointer)
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        _vpp.WriteHeader(4, pointer);
        Assert.Throws<VppException>(() => segment.Read(Now));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(256)]
    public void A_segment_that_is_cut_short_while_it_is_read_is_given_up(long bytes)
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        segment.Read(Now);
        _vpp.Truncate(bytes);
        Assert.Throws<VppException>(() => segment.Read(Now));
        if (bytes < 40)
            Assert.Throws<VppException>(() => StatsSegment.Open(_vpp.SocketPath));
    }

    [Fact]
    public void No_word_of_the_segment_can_lead_out_of_it_or_make_reading_endless()
    {
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        ulong[] hostile = [0, 1, uint.MaxValue, 0xffff_0000_0000, ulong.MaxValue, 0x7f12_3456_0000 + 64];
        int refusedCount = 0;
        for (long offset = 32; offset < _vpp.UsedBytes; offset += 8)
        {
            ulong was = _vpp.ReadWord(offset);
            foreach (ulong value in hostile)
            {
                _vpp.WriteWord(offset, value);
                try
                {
                    segment.Read(Now);
                }
                catch (VppException)
                {
                    refusedCount++;
                }
            }

            _vpp.WriteWord(offset, was);
        }

        Assert.True(refusedCount > 50, $"only {refusedCount} were refused");
        Assert.Equal(10UL, segment.Read(Now).Interfaces["host-va"].RxPackets);
    }

    [Fact]
    public void Many_threads_over_one_long_vector_are_not_added_up()
    {
        // 1,024 threads that all point to one vector of 16,000 pairs ask for more words than a sample may
        // have.
        var rules = new (ulong, ulong)[16_000];
        _vpp.WriteShared(rules, threads: 1024);
        using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
        Assert.NotEmpty(segment.Read(Now).AclRules);
        _vpp.WriteShared(rules, threads: 1025);
        Assert.Throws<VppException>(() => segment.Read(Now));
        _vpp.WriteShared(new (ulong, ulong)[16_400], threads: 1024);
        Assert.Throws<VppException>(() => segment.Read(Now));
    }

    [Fact]
    public void Of_two_descriptors_none_is_left_behind()
    {
        _vpp.DescriptorsCount = 2;
        for (int i = 0; i < 50; i++)
        {
            using StatsSegment segment = StatsSegment.Open(_vpp.SocketPath);
            segment.Read(Now);
        }

        string path = Path.Combine(_folder.FullName, "segment");
        Assert.Equal(1, Directory.GetFiles("/proc/self/fd").Count(f => LinkOf(f) == path));
    }

    [Fact]
    public async Task A_socket_that_hands_nothing_over_is_given_up()
    {
        string path = Path.Combine(_folder.FullName, "silent.sock");
        using var silent = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();
        await Assert.ThrowsAsync<VppException>(
            () => Task.Run(() => StatsSegment.Open(path)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Another_version_is_refused()
    {
        _vpp.WriteHeader(0, 3);
        Assert.Throws<VppException>(() => StatsSegment.Open(_vpp.SocketPath));
    }

    [Fact]
    public void Rates_are_over_the_window_and_start_anew_after_a_reset()
    {
        StatsSample[] samples =
        [
            Sample(0, 100), Sample(1, 200), Sample(2, 300), Sample(3, 10), Sample(4, 30),
        ];
        Assert.Equal(100, StatsRates.Compute(samples[..3], "x", TimeSpan.FromSeconds(10)).RxPacketsPerS);
        Assert.Equal(1, StatsRates.Compute(samples[..3], "x", TimeSpan.FromSeconds(1)).Window.Seconds);
        Serval.Vpp.V1.Rates after = StatsRates.Compute(samples, "x", TimeSpan.FromSeconds(10));
        Assert.Equal((20.0, true), (after.RxPacketsPerS, after.CounterReset));
        Assert.Equal(0, StatsRates.Compute(samples[..1], "x", TimeSpan.FromSeconds(10)).RxPacketsPerS);
    }

    // Each counter of VPP can begin anew by itself ("clear interfaces" while packets come).
    [Fact]
    public void One_counter_that_fell_is_a_reset_although_the_others_have_grown()
    {
        StatsSample[] samples = [Dropping(0, 100, 9), Dropping(1, 200, 3), Dropping(2, 300, 4)];
        Serval.Vpp.V1.Rates rates = StatsRates.Compute(samples, "x", TimeSpan.FromSeconds(10));
        Assert.True(rates.CounterReset);
        Assert.Equal((100.0, 1.0, 1), (rates.RxPacketsPerS, rates.DropsPerS, rates.Window.Seconds));
    }

    public void Dispose()
    {
        _vpp.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static StatsSample Dropping(int second, ulong packets, ulong drops)
    {
        StatsSample sample = Sample(second, packets);
        return sample with
        {
            Interfaces = new Dictionary<string, InterfaceCounters>
            {
                ["x"] = sample.Interfaces["x"] with { Drops = drops },
            },
        };
    }

    private static StatsSample Sample(int second, ulong packets) => new(
        Now.AddSeconds(second), "test",
        new Dictionary<string, InterfaceCounters>
        {
            ["x"] = new("x", 1, packets, packets * 10, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        },
        new Dictionary<uint, RuleCounters[]>());
}
