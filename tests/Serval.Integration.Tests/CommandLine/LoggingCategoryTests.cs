using Microsoft.Extensions.Logging;
using Serval.CommandLine;

namespace Serval.Integration.Tests.CommandLine;

public sealed class LoggingCategoryTests
{
    [Theory]
    [InlineData("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", false)]
    [InlineData("serval", true)]
    public void A_failing_health_check_is_no_line_of_the_log_and_an_error_of_ours_is(
        string category, bool isLogged)
    {
        using ILoggerFactory loggers = Logging.Create(LogLevel.Trace, LogFormat.Text);
        Assert.Equal(isLogged, loggers.CreateLogger(category).IsEnabled(LogLevel.Error));
    }
}
