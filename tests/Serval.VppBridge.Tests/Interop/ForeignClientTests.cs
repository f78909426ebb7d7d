using Google.Protobuf;
using Google.Protobuf.Reflection;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;

namespace Serval.VppBridge.Tests.Interop;

public sealed class ForeignClientTests
{
    [ForeignClientFact]
    public async Task Grpc_js_drives_the_gateway()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        (int exitCode, string output) = await ForeignClients.RunAsync(
            "node", Beside("drive.js"), ForeignClients.NodeModules, Beside("proto"),
            new Uri(gateway.Host.Addresses[0]).Authority);
        Assert.True(exitCode == 0, output);
    }

    [ForeignClientFact]
    public async Task Grpcio_drives_the_gateway()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        string descriptors = Path.GetTempFileName();
        var set = new FileDescriptorSet();
        foreach (FileDescriptor file in VppGatewayReflection.Descriptor.Dependencies.Append(
            VppGatewayReflection.Descriptor))
            set.File.Add(FileDescriptorProto.Parser.ParseFrom(file.SerializedData));
        await File.WriteAllBytesAsync(descriptors, set.ToByteArray());
        (int exitCode, string output) = await ForeignClients.RunAsync(
            "/usr/bin/python3", Beside("drive.py"), descriptors,
                new Uri(gateway.Host.Addresses[0]).Authority);
        File.Delete(descriptors);
        Assert.True(exitCode == 0, output);
    }

    private static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
