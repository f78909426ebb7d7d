using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.Config.Validating;
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

    [Fact]
    public async Task What_is_live_repeals_a_refusal_when_it_comes_again()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        using SerialPublisher publisher = new(
            router, new SecretKeeper(router, null, NullLogger.Instance), NullLogger.Instance);
        Snapshot good = new() { Version = "v1" };
        Assert.True((await PublishAsync(publisher, good)).IsAccepted);
        Snapshot bad = new() { Version = "v2", Clusters = [new Cluster { Name = "" }] };
        Assert.False((await PublishAsync(publisher, bad)).IsAccepted);
        Assert.Equal("name", Assert.Single(publisher.Findings).Field);
        Assert.False(publisher.Last!.IsWhole);
        Assert.True((await PublishAsync(publisher, good)).IsAccepted);
        Assert.Empty(publisher.Findings);
        Assert.True(publisher.Last!.IsWhole);
    }

    // A source says it of what it read, and the data plane of what is live.
    [Fact]
    public async Task The_age_of_a_certificate_is_told_once()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        using SerialPublisher publisher = new(
            router, new SecretKeeper(router, null, NullLogger.Instance), NullLogger.Instance);
        Snapshot snapshot = new()
        {
            Version = "v1",
            Certificates = [new Certificate { Name = "ns/c", Digest = new string('d', 64), NotAfterMs = 1 }],
        };
        Finding[] known = [.. CertificateAges.Find(snapshot, DateTimeOffset.UnixEpoch.AddDays(1))];
        Assert.Equal(CertificateAges.Expired, Assert.Single(known).Reason);
        Assert.True((await PublishAsync(publisher, snapshot, known)).IsAccepted);
        Assert.Single(publisher.Findings, finding => finding.Reason == CertificateAges.Expired);
    }

    private static Task<ApplyResult> PublishAsync(
        SerialPublisher publisher, Snapshot snapshot, params Finding[] known) =>
        publisher.PublishAsync(snapshot, [.. known], [], "test", null, CancellationToken.None);

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
