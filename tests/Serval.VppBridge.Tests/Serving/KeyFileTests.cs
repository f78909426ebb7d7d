using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;

namespace Serval.VppBridge.Tests.Serving;

public sealed class KeyFileTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly PrivateKey _key = PrivateKey.Generate();

    [Fact]
    public async Task What_is_no_key_is_refused_by_its_field()
    {
        await using BridgeScene scene = await StartAsync();
        string text = _key.RevealBase64();
        foreach (string wrong in (string[])
            ["", text[..43], text + "=", text + text, Convert.ToBase64String(new byte[31]),
            Convert.ToBase64String(new byte[33]), text + new string(' ', 300), "\u00e9" + text])
        {
            string path = Write(scene, "wrong.key", wrong, Owner);
            RpcException e = await Gateway.FailsAsync(
                StatusCode.InvalidArgument, () => scene.CreateTunnelAsync(path));
            Assert.Contains("private_key_file: does not hold", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(text[..20], e.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(text[..20], scene.Log.Text, StringComparison.Ordinal);
        await scene.CreateTunnelAsync(Write(scene, "right.key", text + "\n", Owner));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_that_other_users_reach_is_refused_with_the_remedy(UnixFileMode others)
    {
        await using BridgeScene scene = await StartAsync();
        string path = Write(scene, "b.key", _key.RevealBase64(), Owner | others);
        RpcException e = await Gateway.FailsAsync(
            StatusCode.FailedPrecondition, () => scene.CreateTunnelAsync(path));
        Assert.Contains("chmod o=", e.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(path, Owner | UnixFileMode.GroupRead);
        await scene.CreateTunnelAsync(path);
    }

    [Fact]
    public async Task What_is_missing_or_a_folder_is_not_found()
    {
        await using BridgeScene scene = await StartAsync();
        Directory.CreateDirectory(Path.Combine(scene.Folder, "keys", "folder"));
        foreach (string path in (string[])["nosuch.key", "folder", "folder/nosuch", "loop"])
        {
            File.Delete(Path.Combine(scene.Folder, "keys", "loop"));
            File.CreateSymbolicLink(Path.Combine(scene.Folder, "keys", "loop"), "loop");
            await Gateway.FailsAsync(StatusCode.NotFound, () => scene.CreateTunnelAsync(path));
        }
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_is_read_by_any_way()
    {
        await using BridgeScene scene = await StartAsync();
        string keys = Path.Combine(scene.Folder, "keys");
        string outside = Directory.CreateDirectory(Path.Combine(scene.Folder, "outside")).FullName;
        Write(scene, "../outside/b.key", _key.RevealBase64(), Owner);
        Directory.CreateDirectory(Path.Combine(scene.Folder, "keys-of-others"));
        Write(scene, "../keys-of-others/b.key", _key.RevealBase64(), Owner);
        File.CreateSymbolicLink(Path.Combine(keys, "file"), Path.Combine(outside, "b.key"));
        File.CreateSymbolicLink(Path.Combine(keys, "relative"), "../outside/b.key");
        Directory.CreateSymbolicLink(Path.Combine(keys, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(keys, "chain"), "folder/b.key");
        foreach (string path in (string[])
            ["../outside/b.key", Path.Combine(outside, "b.key"), "../keys-of-others/b.key", "file",
            "relative", "folder/b.key", "chain", "\0", "."])
        {
            RpcException e = await Gateway.FailsAsync(
                StatusCode.InvalidArgument, () => scene.CreateTunnelAsync(path));
            Assert.StartsWith("private_key_file: is not", e.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(scene.Vpp.Steps);
    }

    [Fact]
    public async Task A_Secret_is_read_through_the_links_that_Kubernetes_makes()
    {
        await using BridgeScene scene = await StartAsync();
        string keys = Path.Combine(scene.Folder, "keys");
        Directory.CreateDirectory(Path.Combine(keys, "..2026_01_02"));
        Write(scene, "..2026_01_02/b.key", _key.RevealBase64(), Owner);
        Directory.CreateSymbolicLink(Path.Combine(keys, "..data"), "..2026_01_02");
        File.CreateSymbolicLink(Path.Combine(keys, "b.key"), "..data/b.key");
        CreateTunnelResponse made = await scene.CreateTunnelAsync("b.key");
        Assert.Equal(_key.PublicKey, made.Tunnel.PublicKey);
    }

    [Fact]
    public async Task No_answer_no_event_no_metric_and_no_log_line_holds_the_key()
    {
        await using BridgeScene scene = await StartAsync();
        string path = Write(scene, "b.key", _key.RevealBase64(), Owner);
        var told = new List<string>();
        using EventSubscription events = scene.Host.Reconciler.Events.Subscribe();
        told.Add((await scene.CreateTunnelAsync(path)).ToString());
        told.Add((await scene.CreateTunnelAsync(path)).ToString());
        told.Add((await events.ReadAsync(CancellationToken.None)).ToString());
        told.Add((await Gateway.FailsAsync(
            StatusCode.AlreadyExists, () => scene.CreateTunnelAsync(path, name: "site-c"))).ToString());

        // VPP refuses the tunnel when it is put back: what is said of that is kept too.
        scene.Vpp.BeforeStep = name =>
            name.StartsWith("wireguard_interface", StringComparison.Ordinal)
                ? Simulation.StepFault.KillBefore : Simulation.StepFault.None;
        scene.Vpp.Restart();
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.Transport is null);
        scene.Vpp.BeforeStep = _ => Simulation.StepFault.None;
        scene.Vpp.Restart();
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.IsConverged);
        told.Add((await scene.CallAsync(
            "ListTunnels", new ListTunnelsRequest(), ListTunnelsResponse.Parser)).ToString());
        told.Add((await scene.CallAsync(
            "GetVersion", new GetVersionRequest(), GetVersionResponse.Parser)).ToString());
        using var http = new HttpClient { BaseAddress = new Uri(scene.Host.Addresses[1]) };
        told.Add(await http.GetStringAsync("/metrics"));
        string all = string.Join('\n', told) + scene.Log.Text;
        Assert.Contains("connected to VPP", all, StringComparison.Ordinal);
        Assert.Contains(_key.PublicKey, all, StringComparison.Ordinal);
        byte[] secret = _key.RevealBytes().ToArray();
        foreach (string spelling in (string[])
            [_key.RevealBase64(), Convert.ToHexString(secret), Convert.ToHexStringLower(secret)])
            Assert.DoesNotContain(spelling, all, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            Owner, File.GetUnixFileMode(Path.Combine(scene.Folder, "state", "desired.state")));
    }

    [Fact]
    public async Task Without_a_key_folder_no_file_is_read()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        RpcException e = await Gateway.FailsAsync(
            StatusCode.FailedPrecondition, () => scene.CreateTunnelAsync("b.key"));
        Assert.Contains("--key-dir", e.Message, StringComparison.Ordinal);
    }

    private static Task<BridgeScene> StartAsync() => BridgeScene.StartAsync((options, folder) =>
        options with { KeyDirectory = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName });

    private static string Write(BridgeScene scene, string name, string text, UnixFileMode mode)
    {
        string path = Path.GetFullPath(Path.Combine(scene.Folder, "keys", name));
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
