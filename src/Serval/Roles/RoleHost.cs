using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The host of a role: its services start in the order in which they were added, and stop in the other one,
/// after a signal. It reads no settings file and no environment (decision 52).
/// </summary>
internal static class RoleHost
{
    /// <summary>Builds a host that signals stop.</summary>
    /// <param name="signals">What stops it.</param>
    /// <param name="loggers">Where everything logs.</param>
    /// <param name="findFault">Says why it must not start; null when nothing is wrong.</param>
    /// <param name="add">Adds the services of the role.</param>
    public static IHost Build(
        StopSignals signals, ILoggerFactory loggers, Func<string?> findFault, Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IStartupValidator>(new OptionsCheck(findFault));
        AddTo(builder.Services, signals, loggers);
        add(builder.Services);
        return builder.Build();
    }

    /// <summary>
    /// Makes any host log here, stop by these signals, and give back what only its start needed.
    /// </summary>
    public static void AddTo(IServiceCollection services, StopSignals signals, ILoggerFactory loggers)
    {
        services.AddSingleton(loggers);
        services.AddSingleton(signals);
        services.AddHostedService<StartPages>();
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, SignalLifetime>());
        // What a service may take to stop is for the service to bound.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
    }

    private sealed class OptionsCheck(Func<string?> findFault) : IStartupValidator
    {
        public void Validate()
        {
            if (findFault() is { } fault)
                throw new OptionsValidationException("", typeof(RoleHost), [fault]);
        }
    }
}
