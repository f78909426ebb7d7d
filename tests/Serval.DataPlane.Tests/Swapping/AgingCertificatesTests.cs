using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tests.Tls;

namespace Serval.DataPlane.Tests.Swapping;

/// <summary>Certificates that come near their end while no other snapshot comes.</summary>
public sealed class AgingCertificatesTests
{
    [Fact]
    public void What_time_brings_is_told_of_once_and_what_came_so_is_no_news()
    {
        LateTime time = new();
        DateTimeOffset now = time.GetUtcNow();
        Snapshot snapshot = Of(("old", now.AddDays(3)), ("young", now.AddDays(30)));
        AgingCertificates aging = new(time);
        aging.Tell(snapshot);
        Assert.Empty(aging.TakeNew(snapshot));

        time.Days = 17;
        ImmutableArray<Finding> news = aging.TakeNew(snapshot);
        Assert.Equal(
            [("Secret old", "Expired"), ("Secret young", "ExpiresSoon")],
            news.Select(finding => (finding.Subject, finding.Reason)));
        Assert.Empty(aging.TakeNew(snapshot));
        Assert.Empty(aging.TakeNew(null));
    }

    [Fact]
    public async Task A_router_finds_it_without_another_snapshot()
    {
        LateTime time = new();
        await using TlsScene scene = TlsScene.Start(options: new RouterOptions { Time = time });
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        Assert.Empty(scene.Router.Findings);
        time.Days = 70;
        Assert.Equal("ExpiresSoon", Assert.Single(scene.Router.Findings).Reason);
        time.Days = 81;
        Finding finding = Assert.Single(scene.Router.Findings);
        Assert.Equal((Severity.Error, "Expired"), (finding.Severity, finding.Reason));
    }

    // The router looks every second.
    [Fact]
    public async Task A_router_logs_once_what_time_brings_with_the_level_of_the_finding()
    {
        LateTime time = new();
        using KeptLog log = new();
        await using TlsScene scene = TlsScene.Start(options: new RouterOptions { Time = time }, log: log);
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        time.Days = 70;
        await UntilAsync(() => AgesIn(log).Length == 1);
        time.Days = 81;
        await UntilAsync(() => AgesIn(log).Length > 1);
        (LogLevel Level, string Text)[] ages = AgesIn(log);
        Assert.Equal([LogLevel.Warning, LogLevel.Error], ages.Select(line => line.Level));
        Assert.Contains("The certificate expires on ", ages[0].Text, StringComparison.Ordinal);
        Assert.Contains("The certificate expired on ", ages[1].Text, StringComparison.Ordinal);
        Assert.All(ages, line => Assert.Contains("Secret web", line.Text, StringComparison.Ordinal));
    }

    private static (LogLevel Level, string Text)[] AgesIn(KeptLog log) =>
        [.. log.Lines.Where(line => line.Text.Contains("The certificate expire", StringComparison.Ordinal))];

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!isSo()) await Task.Delay(20, limit.Token);
    }

    private static Snapshot Of(params (string Name, DateTimeOffset End)[] certificates) => new()
    {
        Version = "1",
        Certificates = [.. certificates.Select(one => new Certificate
        {
            Name = one.Name,
            Digest = "d",
            NotAfterMs = one.End.ToUnixTimeMilliseconds(),
        })],
    };

    private sealed class LateTime : TimeProvider
    {
        public int Days { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(Days);
    }
}
