using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Serval.VppBridge.Serving;

/// <summary>gRPC as the bridge serves it: the library, and the bounds that it lacks.</summary>
internal static class GrpcServing
{
    /// <summary>Adds gRPC with health and reflection.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="service">The full name of the service that health speaks of.</param>
    /// <param name="isServing">What health says of it, and of the server as a whole.</param>
    public static void AddTo(
        IServiceCollection services, CallBounds bounds, string service,
        Func<IServiceProvider, bool> isServing)
    {
        services.AddSingleton<CallInterceptor>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = bounds.ReceiveBytesMax;
            grpc.MaxSendMessageSize = bounds.SendBytesMax;
            grpc.CompressionProviders = [new BoundedGzip(bounds.ReceiveBytesMax)];
            grpc.EnableDetailedErrors = false;
            grpc.Interceptors.Add<CallInterceptor>();
        });
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health => health.Services.Map(service, _ => true))
            .Add(new HealthCheckRegistration(
                "serving", provider => new ServingCheck(() => isServing(provider)), null, null));
        services.Configure<HealthCheckPublisherOptions>(publishing =>
        {
            // Of watchers of health; one that asks is answered by the state of the moment.
            publishing.Delay = TimeSpan.Zero;
            publishing.Period = TimeSpan.FromSeconds(1);
        });
    }

    /// <summary>Puts the gate before the gRPC services, and everything else before the gate.</summary>
    public static void Use<[DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods
        | DynamicallyAccessedMemberTypes.NonPublicMethods)] TService>(
        WebApplication app, CallBounds bounds, Func<HttpContext, Status> authorize,
        Action<string, StatusCode, TimeSpan> ended)
        where TService : class
    {
        var gate = new CallGate(bounds, authorize, ended, app.Lifetime.ApplicationStopping);
        app.Use(gate.HandleAsync);
        app.MapGrpcService<TService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
    }

    private sealed class ServingCheck(Func<bool> isServing) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
                isServing() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
