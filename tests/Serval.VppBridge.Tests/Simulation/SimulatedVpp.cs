using System.Net.Sockets;
using System.Text;
using Serval.VppBridge.Api;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>A VPP on two unix sockets of a folder of its own, which can be killed, restarted with everything
/// lost, and told to fail at a certain step. Thread: the state is touched under one lock.</summary>
internal sealed class SimulatedVpp : IAsyncDisposable
{
    private static readonly byte[] Hello = Convert.FromHexString(
        "fffc22fffe22fffb03fffd03fffb01fffe01fffd18fffa1801fff0fffd1ffffa1f01fff0");

    private readonly List<Socket> _sockets = [];
    private readonly List<Socket> _apiClients = [];
    private readonly List<Socket> _cliClients = [];
    private uint _pid = 1000;

    private SimulatedVpp(string folder) => Folder = folder;

    public string Folder { get; }

    public Lock Gate { get; } = new();

    public SimulatedState State { get; private set; } = SimulatedState.Fresh();

    /// <summary>Asked before each command or message that changes something; see
    /// <see cref="StepFault"/>.</summary>
    public Func<string, StepFault> BeforeStep { get; set; } = _ => StepFault.None;

    /// <summary>Asked before every command or message, told whether it changes something.</summary>
    public Func<string, bool, StepFault> BeforeAny { get; set; } = (_, _) => StepFault.None;

    /// <summary>Told when a client is left to wait.</summary>
    public Action Stalled { get; set; } = () => { };

    /// <summary>Shown the state after every command or message, under the lock.</summary>
    public Action<SimulatedState> AfterEach { get; set; } = _ => { };

    /// <summary>What others configure at each start, before anybody can connect.</summary>
    public required Action<SimulatedState> Boot { get; set; }

    /// <summary>The next start accepts before its start-up configuration has run, which then waits for
    /// <see cref="RunStartup"/>.</summary>
    public bool IsStartupHeld { get; set; }

    /// <summary>Answers a message of the binary API in place of the simulation; null leaves it to
    /// it.</summary>
    public Func<string, byte[], List<byte[]>?> BeforeRequest { get; set; } = (_, _) => null;

    /// <summary>What VPP takes a command of the CLI for.</summary>
    public Func<string, string> BeforeCommand { get; set; } = command => command;

    /// <summary>What becomes of the messages that answer one of the binary API.</summary>
    public Func<string, List<byte[]>, List<byte[]>> Rewrite { get; set; } = (_, replies) => replies;

    public List<string> Steps { get; } = [];

    /// <summary>Bytes of messages of the binary API that had come already when each of <see cref="Steps"/>
    /// began.</summary>
    public List<int> StepsBehind { get; } = [];

    public static SimulatedVpp Start(Action<SimulatedState>? boot = null)
    {
        var vpp = new SimulatedVpp(Directory.CreateTempSubdirectory("vpp").FullName)
        {
            Boot = boot ?? (_ => { }),
        };
        vpp.Boot(vpp.State);
        vpp.Listen();
        return vpp;
    }

    /// <summary>Ends all connections; the sockets stay as files, as after SIGKILL.</summary>
    public void Kill()
    {
        Socket[] all;
        lock (Gate)
        {
            all = [.. _sockets];
            _sockets.Clear();
            _apiClients.Clear();
            _cliClients.Clear();
        }

        foreach (Socket socket in all)
            socket.Dispose();
    }

    /// <summary>Comes back with another process id and nothing configured.</summary>
    public void Restart()
    {
        Kill();
        lock (Gate)
        {
            State = SimulatedState.Bare();
            if (!IsStartupHeld)
                State.RunStartup(Boot);
            _pid++;
        }

        Listen();
    }

    /// <summary>Runs the start-up configuration that was held.</summary>
    public void RunStartup()
    {
        lock (Gate)
            State.RunStartup(Boot);
    }

    /// <summary>Tells the client of a peer, when it asked to be told.</summary>
    public Task SendPeerEventAsync(uint peerIndex, uint flags)
    {
        lock (Gate)
        {
            if (!State.WatchedPeers.Contains(peerIndex))
                return Task.CompletedTask;
        }

        return SendEventAsync(SimulatedApi.PeerEvent(peerIndex, flags));
    }

    /// <summary>Says something on every CLI session that nobody asked for.</summary>
    public async Task SendCliAsync(string text)
    {
        Socket[] clients;
        lock (Gate)
            clients = [.. _cliClients];
        foreach (Socket client in clients)
            await client.SendAsync(Encoding.ASCII.GetBytes(text));
    }

    public async Task SendEventAsync(byte[] message)
    {
        Socket[] clients;
        lock (Gate)
            clients = [.. _apiClients];
        foreach (Socket client in clients)
            await client.SendAsync(ApiFrame.Wrap(message));
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Listen()
    {
        Accept("cli.sock", ServeCliAsync);
        Accept("api.sock", ServeApiAsync);
    }

    private void Accept(string name, Func<Socket, Task> serve)
    {
        string path = Path.Combine(Folder, name);
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(5);
        Keep(listener);
        _ = LoopAsync();

        async Task LoopAsync()
        {
            try
            {
                while (true)
                {
                    Socket client = await listener.AcceptAsync();
                    Keep(client);
                    _ = serve(client);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Killed.
            }
        }
    }

    private void Keep(Socket socket)
    {
        lock (Gate)
            _sockets.Add(socket);
    }

    private async Task ServeCliAsync(Socket client)
    {
        try
        {
            await client.SendAsync(Hello);
            lock (Gate)
                _cliClients.Add(client);
            var block = new byte[4096];
            var line = new List<byte>();
            while (true)
            {
                int count = await client.ReceiveAsync(block);
                if (count == 0)
                    return;
                line.AddRange(block.AsSpan(0, count));

                // A block that is full makes VPP wait for more.
                if (count == block.Length)
                    continue;
                if (line is [0xff, 0xfa, ..])
                    line.RemoveRange(0, 12);
                if (line.Count == 0)
                    continue;
                string command = Encoding.ASCII.GetString([.. line]).TrimEnd('\n');
                line.Clear();
                bool isChange = !command.StartsWith("show", StringComparison.Ordinal);
                (string? reply, StepFault fault) = Step(
                    isChange, command, () => new SimulatedCli(State, _pid).Run(BeforeCommand(command)),
                    () => $"{command.Split(' ')[0]}: refused\n");
                if (reply is null)
                    continue;
                if (fault == StepFault.Short)
                    reply = reply[..(reply.Length / 2)];
                await AnswerAsync(
                    client, fault,
                    Encoding.UTF8.GetBytes(reply.Replace("\n", "\r\n", StringComparison.Ordinal) + "\0"));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Killed, reset, or the client left.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task ServeApiAsync(Socket client)
    {
        lock (Gate)
            _apiClients.Add(client);
        try
        {
            while (await ApiFrame.ReadAsync(client, CancellationToken.None) is { } request)
            {
                string name = NameOf(request);
                int behind = client.Available;
                bool isChange = name is "acl_add_replace" or "acl_del" or "acl_interface_set_acl_list"
                    or "ip_route_add_del" or "wireguard_interface_create" or "wireguard_interface_delete"
                    or "wireguard_peer_add" or "wireguard_peer_remove" or "sw_interface_set_flags"
                    or "sw_interface_add_del_address" or "nat44_ed_plugin_enable_disable"
                    or "nat44_add_del_address_range"
                    or "nat44_interface_add_del_feature";
                if (isChange)
                {
                    lock (Gate)
                        StepsBehind.Add(behind);
                }

                (List<byte[]>? replies, StepFault fault) = Step(
                    isChange, name, () => BeforeRequest(name, request)
                        ?? Rewrite(name, [.. new SimulatedApi(State, _pid).Answer(request)]),
                    () => [SimulatedApi.Refusal(name, request)]);
                if (replies is null)
                    continue;
                if (fault == StepFault.Short)
                    replies = replies.ConvertAll(r => r[..Math.Max(2, r.Length / 2)]);
                await AnswerAsync(client, fault, [.. replies.SelectMany(r => ApiFrame.Wrap(r))]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Killed, reset, or the client left.
        }
        finally
        {
            client.Dispose();
        }
    }

    private (T? Reply, StepFault Fault) Step<T>(
        bool isChange, string name, Func<T> run, Func<T> refuse)
        where T : class
    {
        StepFault fault = StepFault.None;
        T? reply = null;
        lock (Gate)
        {
            if (name.Length > 0)
                fault = BeforeAny(name, isChange);
            if (isChange)
            {
                Steps.Add(name);
                if (fault == StepFault.None)
                    fault = BeforeStep(name);
            }

            if (fault == StepFault.Refuse)
                reply = refuse();
            else if (fault is not (StepFault.KillBefore or StepFault.Stall or StepFault.ResetBefore))
                reply = run();
            AfterEach(State);
        }

        if (fault is StepFault.KillBefore or StepFault.KillAfter)
            Kill();
        if (fault is StepFault.ResetBefore)
            throw new SocketException((int)SocketError.ConnectionReset);
        if (fault is StepFault.Stall or StepFault.StallAfter)
            Stalled();
        return (fault is StepFault.KillAfter or StepFault.StallAfter ? null : reply, fault);
    }

    private async Task AnswerAsync(Socket client, StepFault fault, byte[] bytes)
    {
        if (fault == StepFault.ResetAfter)
            throw new SocketException((int)SocketError.ConnectionReset);
        bool isCut = fault is StepFault.Cut or StepFault.CutStall;
        await client.SendAsync(bytes.AsMemory(0, isCut ? bytes.Length / 2 : bytes.Length));
        if (fault == StepFault.CutStall)
            Stalled();
        if (fault == StepFault.Cut)
            throw new SocketException((int)SocketError.ConnectionReset);
    }

    private static string NameOf(byte[] request)
    {
        ushort id = new ApiReader(request).U16();
        return SimulatedApi.NameOf(id);
    }
}
