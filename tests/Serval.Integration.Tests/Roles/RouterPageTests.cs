using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Common.Monitoring;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.Integration.Tests.Roles;

public sealed class RouterPageTests
{
    private const string Series = "serval_certificate_not_after_timestamp_seconds{certificate=\"";

    [Fact]
    public async Task Certificates_beyond_the_bound_have_no_series_of_their_own_and_are_counted()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        SecretKeeper secrets = new(router, null, NullLogger.Instance);
        using SerialPublisher publisher = new(router, secrets, NullLogger.Instance);
        string[] names = [.. Enumerable.Range(0, AdminLimits.CertificateSeries + 1).Select(NameOf)];
        Snapshot snapshot = new()
        {
            Version = "v1",
            Certificates = [.. names.Select(CertificateOf)],
        };
        Assert.True((await publisher.PublishAsync(
            snapshot, [], [], "test", null, CancellationToken.None)).IsAccepted);

        using MemoryStream page = new();
        await new RouterPage("run", router, publisher, secrets)
            .WriteAsync(page, MetricsFormat.Prometheus, CancellationToken.None);
        string[] lines = Encoding.UTF8.GetString(page.ToArray()).Split('\n');
        Assert.Equal(
            names[..^1],
            lines.Where(line => line.StartsWith(Series, StringComparison.Ordinal))
                .Select(line => line[Series.Length..line.LastIndexOf('"')]));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"serval_certificates {names.Length}"), lines);
    }

    private static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"ns/c{number:00000}");

    private static Certificate CertificateOf(string name) => new()
    {
        Name = name,
        Digest = new string('d', 64),
        Names = [],
        NotAfterMs = DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeMilliseconds(),
    };
}
