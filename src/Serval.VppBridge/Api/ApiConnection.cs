using System.Net.Sockets;
using System.Threading.Channels;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>One client on VPP's binary API socket. Replies are matched by context, not by message id; events
/// come in between and are told by id. VPP drops what it does not understand without an answer, so every call
/// has a time limit, and the connection is closed when one passes. What nobody waits for is dropped. Thread:
/// any; one call at a time, one reading loop.</summary>
internal sealed class ApiConnection : IAsyncDisposable
{
    private const ushort ClientCreateId = 15;
    private const ushort ClientCreateReplyId = 16;
    private const int NameBytes = 64;

    private readonly Socket _socket;
    private readonly CallTimer _timer;
#pragma warning disable CA2213 // It has no wait handle to free, and a waiter may still hold it.
    private readonly SemaphoreSlim _turn = new(1);
#pragma warning restore CA2213
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ushort> _ids;
    private readonly uint _clientIndex;
    private readonly Channel<VppEvent> _events = Channel.CreateBounded<VppEvent>(
        new BoundedChannelOptions(Limits.EventsMax) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task _reading;
    private volatile ApiExchange? _waiting;
    private uint _lastToken;

    private ApiConnection(Socket socket, CallTimer timer, uint clientIndex, Dictionary<string, ushort> ids)
    {
        _socket = socket;
        _timer = timer;
        _clientIndex = clientIndex;
        _ids = ids;
        _reading = ReadLoopAsync();
    }

    public Task Closed => _closed.Task;

    public ChannelReader<VppEvent> Events => _events.Reader;

    public static async Task<ApiConnection> ConnectAsync(
        string path, CallTimer timer, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using CallLimit limit = timer.Start(cancel);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token).ConfigureAwait(false);
            byte[] hello = new ApiWriter().U16(ClientCreateId).U32(1).Text("serval-vpp-gateway", NameBytes)
                .ToArray();
            await socket.SendAsync(ApiFrame.Wrap(hello), limit.Token).ConfigureAwait(false);
            byte[] reply = await ApiFrame.ReadAsync(socket, limit.Token).ConfigureAwait(false)
                ?? throw new VppException(VppFault.Away, "VPP closed the API connection at once");
            (uint clientIndex, Dictionary<string, ushort> ids) = ParseHello(reply);
            return new ApiConnection(socket, timer, clientIndex, ids);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or VppException)
        {
            socket.Dispose();
            if (cancel.IsCancellationRequested)
                throw;
            throw e as VppException
                ?? new VppException(VppFault.Away, $"cannot connect to {path}: {e.Message}", e);
        }
    }

    public bool Has(string message) => _ids.ContainsKey(message);

    /// <summary>Sends a request and returns the body of its reply after the context.</summary>
    public async Task<byte[]> CallAsync(string message, Action<ApiWriter> write, CancellationToken cancel) =>
        (await ExchangeAsync(message, [write], isDump: false, cancel).ConfigureAwait(false))[0];

    /// <summary>Sends a request whose reply begins with a return value, and gives the rest when the value is
    /// zero.</summary>
    public async Task<byte[]> DoAsync(
        string what, string message, Action<ApiWriter> write, CancellationToken cancel)
    {
        byte[] reply = await CallAsync(message, write, cancel).ConfigureAwait(false);
        int value = new ApiReader(reply).I32();
        return value == 0 ? reply[4..] : throw ApiReturnValue.Refusal(what, value);
    }

    /// <summary>Sends requests of one kind in one go, so that VPP has them all when it begins, and requires
    /// that the return value of each is zero.</summary>
    public async Task DoAllAsync(
        string what, string message, IReadOnlyList<Action<ApiWriter>> writes, CancellationToken cancel)
    {
        foreach (byte[] reply in await ExchangeAsync(message, writes, isDump: false, cancel)
            .ConfigureAwait(false))
        {
            int value = new ApiReader(reply).I32();
            if (value != 0)
                throw ApiReturnValue.Refusal(what, value);
        }
    }

    /// <summary>Sends a dump and returns the bodies of its details after the context.</summary>
    public Task<List<byte[]>> DumpAsync(string message, Action<ApiWriter> write, CancellationToken cancel) =>
        ExchangeAsync(message, [write], isDump: true, cancel);

    /// <summary>Sends many dumps of one kind in one go; the caller bounds their number, and tells the details
    /// apart by what is in them.</summary>
    public Task<List<byte[]>> DumpManyAsync(
        string message, IReadOnlyList<Action<ApiWriter>> writes, CancellationToken cancel) =>
        ExchangeAsync(message, writes, isDump: true, cancel);

    public async ValueTask DisposeAsync()
    {
        Close();
        await _reading.ConfigureAwait(false);
    }

    private static (uint ClientIndex, Dictionary<string, ushort> Ids) ParseHello(byte[] reply)
    {
        var reader = new ApiReader(reply);
        if (reader.U16() != ClientCreateReplyId)
            throw new VppException(VppFault.Away, "VPP did not answer as its binary API does");
        reader.Take(8);
        if (reader.I32() is var response && response != 0)
            throw new VppException(VppFault.Away, $"VPP refused the API client: {response}");
        uint clientIndex = reader.U32();
        int count = reader.U16();
        var ids = new Dictionary<string, ushort>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            ushort id = reader.U16();
            ids[reader.Text(NameBytes)] = id;
        }

        return (clientIndex, ids);
    }

    private async Task<List<byte[]>> ExchangeAsync(
        string message, IReadOnlyList<Action<ApiWriter>> writes, bool isDump, CancellationToken cancel)
    {
        ushort id = IdOf(message);
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_closed.Task.IsCompleted)
                throw new VppException(VppFault.Away, "the API connection to VPP is closed");
            using CallLimit limit = _timer.Start(ApiMessages.TimeoutOf(message), cancel);
            try
            {
                uint first = ++_lastToken;
                using var frames = new MemoryStream();
                for (int i = 0; i < writes.Count; i++)
                {
                    // The details of many dumps are one answer; each other request has its own.
                    if (i > 0 && !isDump)
                        _lastToken++;
                    Add(frames, id, _lastToken, writes[i]);
                }

                uint last = _lastToken, endToken = last;
                if (isDump)
                {
                    // Details have no end of their own: the reply of a ping sent behind them marks it.
                    endToken = ++_lastToken;
                    Add(frames, IdOf(ApiMessages.ControlPing), endToken, _ => { });
                }

                var exchange = new ApiExchange(first, last, endToken);
                _waiting = exchange;
                await SendAsync(frames.ToArray(), limit.Token).ConfigureAwait(false);
                return await exchange.Done.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or VppException
                or ObjectDisposedException)
            {
                Close();
                if (cancel.IsCancellationRequested)
                    throw;
                string reason = e is OperationCanceledException
                    ? $"VPP did not answer {message} in time"
                    : "VPP closed the API connection";
                throw e as VppException ?? new VppException(VppFault.Away, reason, e);
            }
        }
        finally
        {
            _waiting = null;
            _turn.Release();
        }
    }

    private ushort IdOf(string message) => _ids.TryGetValue(message, out ushort id)
        ? id
        : throw new VppException(
            VppFault.Unsafe,
            $"this VPP has no message {message}: its plugin is not loaded, or the message changed with "
                + "the release");

    private void Add(MemoryStream frames, ushort id, uint token, Action<ApiWriter> write)
    {
        ApiWriter writer = new ApiWriter().U16(id).U32(_clientIndex).U32(token);
        write(writer);
        frames.Write(ApiFrame.Wrap(writer.ToArray()));
    }

    private async Task SendAsync(byte[] frames, CancellationToken cancel)
    {
        for (int sent = 0; sent < frames.Length;)
            sent += await _socket.SendAsync(frames.AsMemory(sent), cancel).ConfigureAwait(false);
    }

    private async Task ReadLoopAsync()
    {
        var closed = new VppException(VppFault.Away, "VPP closed the API connection");
        try
        {
            while (await ApiFrame.ReadAsync(_socket, CancellationToken.None).ConfigureAwait(false)
                is { } message)
            {
                if (!TryTakeEvent(message))
                    _waiting?.Take(message);
            }
        }
        catch (VppException e)
        {
            closed = e;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // Whoever waits is told below.
        }

        Close();

        // A call that comes later finds the connection closed.
        _waiting?.Fail(closed);
    }

    private bool TryTakeEvent(byte[] message)
    {
        var reader = new ApiReader(message);
        ushort id = reader.U16();
        if (Has(ApiMessages.InterfaceEvent) && id == _ids[ApiMessages.InterfaceEvent])
        {
            reader.Take(8);
            uint index = reader.U32();
            uint flags = reader.U32();
            _events.Writer.TryWrite(
                new VppEvent.InterfaceChanged(index, (flags & 1) != 0, (flags & 2) != 0, reader.Bool()));
            return true;
        }

        if (Has(ApiMessages.PeerEvent) && id == _ids[ApiMessages.PeerEvent])
        {
            reader.Take(8);
            uint peer = reader.U32();
            _events.Writer.TryWrite(new VppEvent.PeerChanged(peer, ApiPeers.Status(reader.U8())));
            return true;
        }

        return false;
    }

    private void Close()
    {
        if (!_closed.TrySetResult())
            return;
        _socket.Dispose();
        _events.Writer.TryComplete();
    }
}
