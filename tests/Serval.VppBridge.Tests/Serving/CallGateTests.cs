using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Serval.VppBridge.Serving;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>Which deadline a call has that comes through the gate.</summary>
public sealed class CallGateTests
{
    // A caller that waits for ever holds a place for ever.
    [Theory]
    [InlineData(MethodType.Unary, null, "30000m")]
    [InlineData(MethodType.Unary, "31S", "30000m")]
    [InlineData(MethodType.Unary, "29S", "29S")]
    [InlineData(MethodType.ServerStreaming, null, "")]
    [InlineData(MethodType.ServerStreaming, "1H", "1H")]
    public async Task A_unary_call_has_a_deadline_and_none_beyond_the_bound(
        MethodType type, string? asked, string expected)
    {
        CallGate gate = new(
            new CallBounds { UnaryDeadlineMax = TimeSpan.FromSeconds(30) },
            static _ => Status.DefaultSuccess, static (_, _, _) => { }, CancellationToken.None);
        Marshaller<string> text = Marshallers.StringMarshaller;
        Method<string, string> method = new(type, "service", "method", text, text);
        DefaultHttpContext http = new();
        http.SetEndpoint(new Endpoint(
            null, new EndpointMetadataCollection(new GrpcMethodMetadata(typeof(object), method)), null));
        if (asked is not null)
            http.Request.Headers["grpc-timeout"] = asked;
        string? passed = null;
        await gate.HandleAsync(http, inner =>
        {
            passed = inner.Request.Headers["grpc-timeout"].ToString();
            return Task.CompletedTask;
        });
        Assert.Equal(expected, passed);
    }
}
