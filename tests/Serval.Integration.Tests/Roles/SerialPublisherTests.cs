using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;

namespace Serval.Integration.Tests.Roles;

public sealed class SerialPublisherTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly Router _router = Router.Start(
        new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);

    private readonly SerialPublisher _publisher;

    public SerialPublisherTests() => _publisher = new SerialPublisher(
        _router, new SecretKeeper(_router, null, NullLogger.Instance), NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        _publisher.Dispose();
        await _router.DisposeAsync();
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // The runner knows this one.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task What_reading_the_first_configuration_left_behind_is_collected_with_its_publication()
    {
        WeakReference leftBehind = LeaveBehind();
        Assert.True((await PublishAsync(new Snapshot { Version = "v1" })).IsAccepted);
        Assert.False(leftBehind.IsAlive);
    }

    [Fact]
    public async Task What_is_live_repeals_a_refusal_when_it_comes_again()
    {
        Snapshot good = new() { Version = "v1" };
        Assert.True((await PublishAsync(good)).IsAccepted);
        Snapshot bad = new() { Version = "v2", Clusters = [new Cluster { Name = "" }] };
        Assert.False((await PublishAsync(bad)).IsAccepted);
        Assert.Equal("name", Assert.Single(_publisher.Findings).Field);
        Assert.False(_publisher.Last!.IsWhole);
        Assert.True((await PublishAsync(good)).IsAccepted);
        Assert.Empty(_publisher.Findings);
        Assert.True(_publisher.Last!.IsWhole);
    }

    // Of files where one object has an error, the others are live.
    [Fact]
    public async Task What_came_last_is_whole_only_without_errors_also_where_it_changes_nothing()
    {
        Snapshot good = new() { Version = "v1" };
        Finding error = new(Severity.Error, "HTTPRoute t/r", "", "Test", "It is wrong.");
        await PublishAsync(good, error);
        Assert.False(_publisher.Last!.IsWhole);
        await PublishAsync(good);
        Assert.True(_publisher.Last!.IsWhole);
        await PublishAsync(good, error);
        Assert.False(_publisher.Last!.IsWhole);
        await PublishAsync(good);
        await _publisher.RefuseAsync([error], CancellationToken.None);
        Assert.False(_publisher.Last!.IsWhole);
        Assert.Equal(error, Assert.Single(_publisher.Findings));
    }

    // A source says it of what it read, and the data plane of what is live.
    [Theory]
    [InlineData(1, 0, CertificateAges.Expired)]
    [InlineData(0, 1, CertificateAges.StapleExpired)]
    public async Task The_age_of_a_certificate_is_told_once(
        long notAfterMs, long ocspNotAfterMs, string reason)
    {
        Certificate aged = new()
        {
            Name = "ns/c",
            Digest = new string('d', 64),
            NotAfterMs = notAfterMs,
            OcspNotAfterMs = ocspNotAfterMs,
        };
        Snapshot snapshot = new() { Version = "v1", Certificates = [aged] };
        Finding[] known = [.. CertificateAges.Find(snapshot, DateTimeOffset.UnixEpoch.AddDays(1))];
        Assert.Equal(reason, Assert.Single(known).Reason);
        Assert.True((await PublishAsync(snapshot, known)).IsAccepted);
        Assert.Single(_publisher.Findings, finding => finding.Reason == reason);
    }

    private Task<ApplyResult> PublishAsync(Snapshot snapshot, params Finding[] known) =>
        _publisher.PublishAsync(snapshot, [.. known], [], "test", null, CancellationToken.None);

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
