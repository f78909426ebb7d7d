using System.Globalization;

namespace Serval.VppBridge.Tests.Sequences;

public sealed class HonestyTests
{
    private const int SequencesCount = 60;

    [Fact]
    public Task Whatever_others_do_to_vpp_each_acl_of_ours_is_as_wished_or_the_bridge_is_not_ready() =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, SequencesCount),
            async (seed, _) => await new HonestySequence(seed).RunAsync());

    [Fact]
    public Task One_honesty_seed() => new HonestySequence(int.Parse(
        Environment.GetEnvironmentVariable("SERVAL_SEED") ?? "0", CultureInfo.InvariantCulture)).RunAsync();
}
