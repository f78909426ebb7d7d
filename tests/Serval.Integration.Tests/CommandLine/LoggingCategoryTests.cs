using Microsoft.Extensions.Logging;
using Serval.CommandLine;

namespace Serval.Integration.Tests.CommandLine;

public sealed class LoggingCategoryTests
{
    [Theory]
    [InlineData("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", false)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", false)]
    [InlineData("serval", true)]
    public void What_a_library_says_of_failed_checks_and_starts_is_not_logged_and_our_errors_are(
        string category, bool isLogged)
    {
        using ILoggerFactory loggers = Logging.Create(LogLevel.Trace, LogFormat.Text);
        Assert.Equal(isLogged, loggers.CreateLogger(category).IsEnabled(LogLevel.Error));
    }
}
