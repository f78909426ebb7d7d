using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.Integration.Tests.Roles;

public sealed class SerialPublisherTests
{
    [Fact]
    public async Task What_reading_the_first_configuration_left_behind_is_collected_with_its_publication()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        using SerialPublisher publisher = new(
            router, new SecretKeeper(router, null, NullLogger.Instance), NullLogger.Instance);
        WeakReference leftBehind = LeaveBehind();
        ApplyResult result = await publisher.PublishAsync(
            new Snapshot { Version = "v1" }, [], [], "test", null, CancellationToken.None);
        Assert.True(result.IsAccepted);
        Assert.False(leftBehind.IsAlive);
    }

    /// <summary>Garbage so old that only a collection of everything finds it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LeaveBehind()
    {
        byte[] text = new byte[1024];
        while (GC.GetGeneration(text) < GC.MaxGeneration)
            GC.Collect();
        return new WeakReference(text);
    }
}
