using Google.Protobuf.Reflection;
using Serval.Grpc.Calling;
using Serval.Grpc.Reflection.V1;
using Serval.Grpc.Tests.Interop;

namespace Serval.Grpc.Tests.Serving;

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
            answer.ListServicesResponse.Service.Select(s => s.Name));
    }

    [Theory]
    [InlineData("serval.test.v1.Echo")]
    [InlineData("serval.test.v1.Echo.Say")]
    [InlineData("serval.test.v1.EchoRequest")]
    [InlineData("serval.test.v1.EchoRequest.payload")]
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
        Assert.Equal((int)GrpcStatusCode.NotFound, answer.ErrorResponse.ErrorCode);
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        string version, ServerReflectionRequest request)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        string path = $"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo";
        return await channel.UnaryAsync(path, request, ServerReflectionResponse.Parser, null, default);
    }
}
