using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serval.VppBridge.Api;
using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Transports;

/// <summary>Whatever comes back, it ends in an answer or in a VppException: anything else would end the
/// bridge.</summary>
public sealed class HostilePeerTests
{
    private static readonly JsonSerializerOptions AsText = new() { Converters = { new AddressText() } };

    private static readonly PlacedRoute[] Routes =
        [new(new IpPrefix(IPAddress.Parse("10.9.0.0"), 16), IPAddress.Loopback, "wg0")];

    [Fact]
    public async Task A_message_cut_at_any_byte_is_an_error_of_framing()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start(Fill);
        await using ApiTransport transport = await ConnectApiAsync(vpp);
        HashSet<string> kinds = new(StringComparer.Ordinal);
        vpp.Rewrite = (name, replies) =>
        {
            kinds.Add(name);
            return replies;
        };
        await transport.ObserveAsync(Routes, true, CancellationToken.None);
        Assert.Superset(
            new HashSet<string>(
                ["acl_dump", "wireguard_peers_dump", "nat44_address_dump", "ip_route_lookup"]),
            kinds);
        foreach (string kind in kinds.Where(k => k != "control_ping"))
        {
            int refusedCount = 0;
            for (int cut = 6; cut < 400; cut += 5)
            {
                bool isCut = false;
                vpp.Rewrite = (name, replies) => name != kind ? replies : replies.ConvertAll(r =>
                {
                    isCut |= r.Length > cut;
                    return r.Length > cut ? r[..cut] : r;
                });
                VppException? e = await TryAsync(transport);
                Assert.True(e is null or { Fault: VppFault.Away }, $"{kind} cut at {cut}: {e}");
                refusedCount += e is null ? 0 : 1;
                if (!isCut)
                    break;
            }

            Assert.True(refusedCount > 0, $"no cut of {kind} was noticed");
        }
    }

    [Theory]
    [InlineData("sw_interface_dump")]
    [InlineData("acl_interface_list_dump")]
    public async Task An_object_that_is_shown_twice_is_an_error_of_framing(string kind)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start(Fill);
        await using ApiTransport transport = await ConnectApiAsync(vpp);
        vpp.Rewrite = (name, replies) => name == kind ? [.. replies, replies[0]] : replies;
        Assert.Equal(VppFault.Away, (await TryAsync(transport))?.Fault);
    }

    [Fact]
    public async Task Any_byte_of_any_message_may_be_another_and_what_comes_after_is_right()
    {
        var random = new Random(11);
        await using SimulatedVpp vpp = SimulatedVpp.Start(Fill);
        ApiTransport? transport = await ConnectApiAsync(vpp);
        string right = await DescribeAsync(transport);
        int refusedCount = 0, otherCount = 0, sameCount = 0;
        for (int i = 0; i < 300; i++)
        {
            ChangeBytes(vpp, random);
            try
            {
                transport ??= await ConnectApiAsync(vpp);
                if (await DescribeAsync(transport) == right)
                    sameCount++;
                else
                    otherCount++;
            }
            catch (VppException e)
            {
                Assert.True(e.Fault is VppFault.Away or VppFault.Refused, e.ToString());
                refusedCount++;
                if (transport is not null)
                    await transport.DisposeAsync();
                transport = null;
            }

            // The bytes of one message are of that message alone: the same connection goes on, or a new one
            // begins, and both see what is there.
            vpp.Rewrite = (_, replies) => replies;
            transport ??= await ConnectApiAsync(vpp);
            Assert.Equal(right, await DescribeAsync(transport));
        }

        await transport!.DisposeAsync();
        Assert.True(
            refusedCount > 10 && otherCount > 10 && sameCount > 10,
            $"{refusedCount} refused, {otherCount} read as another state, {sameCount} without effect");
    }

    [Fact]
    public async Task Messages_that_nobody_asked_for_are_dropped_and_hide_nothing()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using ApiTransport transport = await ConnectApiAsync(vpp);
        byte[] stray = new ApiWriter().U16(99).U32(uint.MaxValue).ToArray();
        for (int i = 0; i < 6000; i++)
            await vpp.SendEventAsync(stray);
        await transport.ObserveAsync([], true, CancellationToken.None);
        for (int i = 0; i < 6000; i++)
            await vpp.SendEventAsync(stray);
        vpp.Kill();
        await transport.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_dump_has_a_bound_in_bytes_and_in_entries()
    {
        byte[] large = new ApiWriter().U16(1).U32(7).Bytes(new byte[16 * 1024 * 1024]).ToArray();
        var exchange = new ApiExchange(7, 7, 8);
        for (int i = 0; i < 15; i++)
            exchange.Take(large);
        Assert.Throws<VppException>(() => exchange.Take(large));
        byte[] small = new ApiWriter().U16(1).U32(7).ToArray();
        exchange = new ApiExchange(7, 7, 8);
        for (int i = 0; i < Limits.ApiDumpEntriesMax; i++)
            exchange.Take(small);
        Assert.Throws<VppException>(() => exchange.Take(small));
    }

    [Fact]
    public async Task A_cli_session_that_vpp_leaves_is_noticed_between_commands()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using CliTransport transport = await ConnectCliAsync(vpp);
        await transport.ObserveAsync([], true, CancellationToken.None);
        vpp.Kill();
        await transport.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_reply_that_nobody_asked_for_ends_the_cli_session()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using CliTransport transport = await ConnectCliAsync(vpp);
        await transport.ObserveAsync([], true, CancellationToken.None);
        await vpp.SendCliAsync("late\0");
        await transport.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(VppFault.Away, (await TryAsync(transport))?.Fault);
    }

    [Theory]
    [InlineData(false, "cli-line-mode")]
    [InlineData(true, "too long")]
    public async Task A_cli_of_lines_and_one_without_an_end_are_left(bool isCharacters, string reason)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cli");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(folder.FullName, "cli.sock");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<long> talking = TalkAsync(listener, isCharacters ? (byte)0xff : (byte)'D');
        VppException e = await Assert.ThrowsAsync<VppException>(() => CliTransport.ConnectAsync(
            path, allowKeys: false, new CallTimer(TimeSpan.FromMinutes(1), TimeProvider.System),
            CancellationToken.None));
        Assert.Equal(VppFault.Away, e.Fault);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        // And what the socket holds.
        Assert.InRange(await talking, 0, 2 * Limits.CliReplyBytesMax);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_interface_is_told_to_be_up_and_its_link_to_be_up_each_by_itself()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using ApiTransport transport = await ConnectApiAsync(vpp);
        foreach (uint flags in (uint[])[1, 2])
            await vpp.SendEventAsync(SimulatedApi.InterfaceEvent(7, flags));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Assert.Equal(
            new VppEvent.InterfaceChanged(7, true, false, false),
            await transport.Events.ReadAsync(limit.Token));
        Assert.Equal(
            new VppEvent.InterfaceChanged(7, false, true, false),
            await transport.Events.ReadAsync(limit.Token));
    }

    [Fact]
    public async Task A_tag_of_others_does_not_hide_the_acls()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start(state =>
            state.SetAcl(uint.MaxValue, "x: unknown input `y'", []));
        await using CliTransport transport = await ConnectCliAsync(vpp);
        Assert.Single((await transport.ObserveAsync([], true, CancellationToken.None)).Acls);
    }

    [Fact]
    public void Any_character_of_any_recorded_text_may_be_another()
    {
        var random = new Random(12);
        string folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string[] files = ["acl-applied.txt", "acl-set.txt", "interface-counters.txt", "interface-address.txt",
            "wireguard-live.txt", "wireguard-peer-add.txt", "nat44-address.txt", "nat44-interface.txt"];
        string[] texts = [.. files.SelectMany(f => RecordedCommands.Load(f)).Select(r => r.Reply)
            .Where(r => r.Length > 0)];
        Assert.True(Directory.Exists(folder) && texts.Length > 20);
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = texts[random.Next(texts.Length)].ToCharArray();
            for (int n = random.Next(1, 4); n > 0; n--)
                text[random.Next(text.Length)] = "0123456789999 \n:-/,[]{}x"[random.Next(24)];
            Parse(new string(text));
        }
    }

    // In one of the next messages, or in each of them; the pings between them tell where a list ends.
    private static void ChangeBytes(SimulatedVpp vpp, Random random)
    {
        int wait = random.Next(24) - 12;
        vpp.Rewrite = (name, replies) => name == "control_ping" ? replies : replies.ConvertAll(reply =>
        {
            if (wait > 0)
                wait--;
            if (wait > 0 || reply.Length <= 6)
                return reply;
            wait = wait == 0 ? int.MaxValue : wait;
            byte[] changed = [.. reply];
            changed[random.Next(6, changed.Length)] ^= (byte)random.Next(1, 256);
            return changed;
        });
    }

    private static async Task<string> DescribeAsync(ApiTransport transport) => JsonSerializer.Serialize(
        await transport.ObserveAsync(Routes, true, CancellationToken.None), AsText);

    // Every reader gets every text.
    private static void Parse(string text)
    {
        Action[] readers =
        [
            () => CliTable.ParseInterfaces(text), () => CliTable.ParseAddresses(text),
            () => CliAclText.ParseShow(text), () => CliAclText.ParseLists(text),
            () => CliWireguardText.ParseInterfaces(text, _ => 1),
            () => CliWireguardText.ParsePeers(text, _ => 1), () => CliNatText.ParseSessions(text),
            () => CliNatText.Parse(1, text, text, _ => 1), () => StartupText.HasRun(text),
        ];
        foreach (Action read in readers)
        {
            try
            {
                read();
            }
            catch (VppException)
            {
                // Refused, which is an answer.
            }
        }
    }

    private static void Fill(SimulatedState state)
    {
        Faults.PolicyOracle.Boot(state);
        state.CreateTunnel(
            0, 51820, IPAddress.Loopback, Serval.VppBridge.Keys.PrivateKey.Generate());
        state.Routes.Add(Routes[0]);
        state.Find("host-vw")!.Lender = 1;
    }

    private static Task<ApiTransport> ConnectApiAsync(SimulatedVpp vpp) => ApiTransport.ConnectAsync(
        Path.Combine(vpp.Folder, "api.sock"), new CallTimer(Limits.CallTimeout, TimeProvider.System),
        CancellationToken.None);

    private static Task<CliTransport> ConnectCliAsync(SimulatedVpp vpp) => CliTransport.ConnectAsync(
        Path.Combine(vpp.Folder, "cli.sock"), allowKeys: true,
        new CallTimer(Limits.CallTimeout, TimeProvider.System), CancellationToken.None);

    // Says hello and never stops afterwards; how much it could say.
    private static async Task<long> TalkAsync(Socket listener, byte hello)
    {
        long said = 0;
        using Socket session = await listener.AcceptAsync();
        byte[] block = new byte[64 * 1024];
        block.AsSpan().Fill(hello);
        try
        {
            await session.SendAsync(block.AsMemory(0, 36));
            // The answer to the hello, which may come with the first command.
            byte[] heard = new byte[256];
            int count;
            while ((count = await session.ReceiveAsync(heard)) > 0 && heard[count - 1] != (byte)'\n')
            {
            }
            while (count > 0)
                said += await session.SendAsync(block);
        }
        catch (SocketException)
        {
            // Left.
        }
        return said;
    }

    private static async Task<VppException?> TryAsync(IVppTransport transport)
    {
        try
        {
            await transport.ObserveAsync(Routes, true, CancellationToken.None);
            return null;
        }
        catch (VppException e)
        {
            return e;
        }
    }

    private sealed class AddressText : JsonConverter<IPAddress>
    {
        public override IPAddress Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(
            Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
