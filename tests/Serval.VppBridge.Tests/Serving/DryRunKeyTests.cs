using Serval.Vpp.V1;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Tests.Serving;

public sealed class DryRunKeyTests
{
    private const string Step = "generate a key pair for tunnel site-b";

    [Fact]
    public async Task A_dry_run_tells_no_public_key_that_will_not_be()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        CreateTunnelResponse tried = await scene.CreateTunnelAsync(dryRun: true);
        Assert.Equal((string.Empty, Step), (tried.Tunnel.PublicKey, tried.Change.Steps[0]));
        Assert.Equal("wg0", tried.Tunnel.Interface);
        Assert.Empty(scene.Vpp.Steps);

        CreateTunnelResponse made = await scene.CreateTunnelAsync();
        Assert.Equal(Step, made.Change.Steps[0]);
        Assert.Equal(44, made.Tunnel.PublicKey.Length);

        // The tunnel is there now, and so is its key.
        CreateTunnelResponse again = await scene.CreateTunnelAsync(dryRun: true);
        Assert.Equal((made.Tunnel.PublicKey, false), (again.Tunnel.PublicKey, again.Change.Changed));
        Assert.DoesNotContain(Step, again.Change.Steps);
    }

    [Fact]
    public async Task A_dry_run_with_a_key_file_tells_its_public_key()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, folder) => options with { KeyDirectory = folder });
        var key = PrivateKey.Generate();
        string path = Path.Combine(scene.Folder, "b.key");
        await File.WriteAllTextAsync(path, key.RevealBase64());
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        CreateTunnelResponse tried = await scene.CreateTunnelAsync(path, dryRun: true);
        Assert.Equal(key.PublicKey, tried.Tunnel.PublicKey);
        Assert.DoesNotContain(Step, tried.Change.Steps);
        Assert.Equal(key.PublicKey, (await scene.CreateTunnelAsync(path)).Tunnel.PublicKey);
    }
}
