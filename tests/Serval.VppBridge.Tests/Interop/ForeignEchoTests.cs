using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Serval.VppBridge.Tests.Interop;

public sealed class ForeignEchoTests
{
    public static TheoryData<string> Scenarios =>
    [
        "unary", "gzip", "large4", "large64", "metadata", "stream", "error", "streamError", "unimplemented",
        "deadline", "cancel", "concurrent",
    ];

    [ForeignClientTheory]
    [MemberData(nameof(Scenarios))]
    public async Task Grpc_js_and_the_server_agree(string scenario)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        (int exitCode, string output) = await ForeignClients.RunAsync(
            "node", BesideTests("client.js"), ForeignClients.NodeModules, server.Authority, scenario);
        Assert.True(exitCode == 0, output);
        if (server.Echo.HangStarted.IsCompleted)
            await server.Echo.HangCancelled.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [ForeignClientTheory]
    [MemberData(nameof(Scenarios))]
    public async Task Grpcio_and_the_server_agree(string scenario)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        string descriptors = Path.GetTempFileName();
        try
        {
            var set = new FileDescriptorSet();
            set.File.Add(FileDescriptorProto.Parser.ParseFrom(EchoReflection.Descriptor.SerializedData));
            await File.WriteAllBytesAsync(descriptors, set.ToByteArray());
            (int exitCode, string output) = await ForeignClients.RunAsync(
                "/usr/bin/python3", BesideTests("client.py"), descriptors, server.Authority, scenario);
            Assert.True(exitCode == 0, output);
            if (server.Echo.HangStarted.IsCompleted)
                await server.Echo.HangCancelled.WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            File.Delete(descriptors);
        }
    }

    private static string BesideTests(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
