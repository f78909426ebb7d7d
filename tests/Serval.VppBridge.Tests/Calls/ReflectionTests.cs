using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Serval.VppBridge.Tests.Interop;

namespace Serval.VppBridge.Tests.Calls;

public sealed class ReflectionTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task Services_are_listed_in_both_versions(string version)
    {
        ServerReflectionResponse answer =
            await AskAsync(version, new ServerReflectionRequest { ListServices = "*" });
        Assert.Equal(
            [
                "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection", "serval.test.v1.Echo",
            ],
            answer.ListServicesResponse.Service.Select(s => s.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("serval.test.v1.Echo")]
    [InlineData("serval.test.v1.Echo.Say")]
    [InlineData("serval.test.v1.EchoRequest")]
    public async Task A_symbol_leads_to_the_file_that_declares_it(string symbol)
    {
        ServerReflectionResponse answer = await AskAsync(
            "v1", new ServerReflectionRequest { FileContainingSymbol = symbol });
        FileDescriptorProto file = FileDescriptorProto.Parser.ParseFrom(
            answer.FileDescriptorResponse.FileDescriptorProto.Single());
        Assert.Equal("echo.proto", file.Name);
    }

    [Fact]
    public async Task An_unknown_symbol_is_not_found()
    {
        ServerReflectionResponse answer = await AskAsync(
            "v1", new ServerReflectionRequest { FileContainingSymbol = "no.such.Thing" });
        Assert.Equal((int)StatusCode.NotFound, answer.ErrorResponse.ErrorCode);
    }

    /// <summary>Asks once; the two versions have the same bytes.</summary>
    internal static async Task<ServerReflectionResponse> AskAsync(
        GrpcChannel channel, string version, ServerReflectionRequest request)
    {
        using AsyncDuplexStreamingCall<Google.Protobuf.IMessage, ServerReflectionResponse> call =
            channel.CreateCallInvoker().AsyncDuplexStreamingCall(
                NamedCalls.Method(
                    MethodType.DuplexStreaming,
                    $"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                    ServerReflectionResponse.Parser),
                null, default);
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        string version, ServerReflectionRequest request)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        return await AskAsync(channel, version, request);
    }
}
