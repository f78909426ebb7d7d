using System.Collections.Immutable;
using Serval.Grpc.Health.V1;
using Serval.Grpc.Serving;
using ServingStatus = Serval.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Serval.Grpc.Health;

/// <summary><c>grpc.health.v1.Health</c>: says which services serve. Thread: any; a state is immutable and
/// swapped whole.</summary>
public sealed class HealthService
{
    private readonly Lock _gate = new();
    private volatile State _state = new(ImmutableDictionary<string, ServingStatus>.Empty);

    /// <summary>Sets the status of a service; the empty name is the server as a whole.</summary>
    public void Set(string service, bool isServing)
    {
        ArgumentNullException.ThrowIfNull(service);
        ServingStatus status = isServing ? ServingStatus.Serving : ServingStatus.NotServing;
        State old;
        lock (_gate)
        {
            old = _state;
            if (old.Services.TryGetValue(service, out ServingStatus now) && now == status)
                return;
            _state = new State(old.Services.SetItem(service, status));
        }

        old.Changed.TrySetResult();
    }

    /// <summary>The service to serve.</summary>
    public GrpcService Build() => new GrpcService(HealthReflection.Descriptor.Services[0])
        .Unary("Check", HealthCheckRequest.Parser, (request, _) => Task.FromResult(Check(request)))
        .ServerStream<HealthCheckRequest, HealthCheckResponse>(
            "Watch", HealthCheckRequest.Parser, WatchAsync);

    private HealthCheckResponse Check(HealthCheckRequest request)
    {
        if (!_state.Services.TryGetValue(request.Service, out ServingStatus status))
            throw new GrpcException(GrpcStatusCode.NotFound, $"unknown service '{request.Service}'");
        return new HealthCheckResponse { Status = status };
    }

    private async Task WatchAsync(
        HealthCheckRequest request, ResponseStream<HealthCheckResponse> responses, GrpcCall call)
    {
        ServingStatus? last = null;
        while (true)
        {
            State state = _state;
            ServingStatus status =
                state.Services.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
            if (status != last)
                await responses.WriteAsync(new HealthCheckResponse { Status = status }, call.Cancel)
                    .ConfigureAwait(false);
            last = status;
            await state.Changed.Task.WaitAsync(call.Cancel).ConfigureAwait(false);
        }
    }

    private sealed record State(ImmutableDictionary<string, ServingStatus> Services)
    {
        public TaskCompletionSource Changed { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
