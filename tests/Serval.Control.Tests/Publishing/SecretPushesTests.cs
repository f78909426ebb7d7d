using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Control.Publishing;

namespace Serval.Control.Tests.Publishing;

/// <summary>Keys of more certificates than one push may carry.</summary>
public sealed class SecretPushesTests
{
    private const int PairBytesMax = 3 * ConfigLimits.KeyPairPartBytes;

    [Fact]
    public async Task More_pairs_than_a_push_may_have_reach_a_router_in_several_and_before_the_snapshot()
    {
        KeyPair[] pairs = [.. Enumerable.Range(0, PublishingLimits.KeyPairsPerPush + 1).Select(Small)];
        await using RecordingRouter router = new();
        await PublishAsync(router, pairs);
        Assert.Equal([PublishingLimits.KeyPairsPerPush, 1], router.Pushes.Select(push => push.Pairs));
        Assert.Equal(pairs.Select(pair => pair.Name), router.Names);
        Assert.Equal(["secrets", "secrets", "config"], router.Puts);
    }

    // 17 of them are 68 MiB as JSON, more than a router takes at once.
    [Fact]
    public async Task Pairs_as_large_as_can_be_reach_a_router_in_pushes_that_it_takes()
    {
        KeyPair[] pairs = [.. Enumerable.Range(0, 17).Select(Large)];
        await using RecordingRouter router = new();
        await PublishAsync(router, pairs);
        Assert.True(router.Pushes.Sum(push => push.Bytes) > ConfigLimits.PushBytes);
        Assert.All(
            router.Pushes,
            push => Assert.InRange(push.Bytes, 1, PublishingLimits.SecretBytesPerPush));
        Assert.Equal(pairs.Select(pair => pair.Name), router.Names);
    }

    [Fact]
    public void Any_one_pair_fits_a_push_and_a_push_fits_a_router()
    {
        KeyPair largest = Of(new string('\u00e9', ConfigLimits.NameLength), PairBytesMax / 3);
        Assert.InRange(SecretsJson.LengthMax(largest), PairBytesMax, PublishingLimits.SecretBytesPerPush);
        Assert.InRange(PublishingLimits.SecretBytesPerPush, 1, ConfigLimits.PushBytes);
        Assert.Empty(SecretPushes.Of([]));
    }

    private static async Task PublishAsync(RecordingRouter router, KeyPair[] pairs)
    {
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (true, 1), TimeProvider.System, NullLogger.Instance);
        TaskCompletionSource live = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fleet.Changed += () =>
        {
            if (fleet.State.Routers.Any(one => one.Sequence == 1))
                live.TrySetResult();
        };
        fleet.Offer(new Snapshot { Version = "v1" }, sequence: 1, generation: 1, [.. pairs]);
        await fleet.UpdateAsync([new RouterEndpoint("r", router.Root, null, IsReady: true)]);
        await live.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static KeyPair Small(int number) => Of(NameOf(number), 1);

    private static KeyPair Large(int number) => Of(NameOf(number), PairBytesMax / 3);

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number:000}");

    private static KeyPair Of(string name, int partBytes) => new()
    {
        Name = name,
        Digest = new string('d', ConfigLimits.DigestLength),
        ChainPem = new byte[partBytes],
        PrivateKeyPem = new byte[partBytes],
        OcspDer = new byte[partBytes],
    };
}
