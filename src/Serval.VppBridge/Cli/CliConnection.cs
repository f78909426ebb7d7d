using System.Net.Sockets;
using System.Text;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Cli;

/// <summary>One non-interactive session on VPP's CLI socket. One command in flight; the socket has no
/// framing, so after a timeout, a cancellation or a byte that nobody asked for nobody can tell which reply is
/// whose, and the session is closed. Thread: any; one command at a time, one reading loop, which also sees
/// VPP go away between commands.</summary>
internal sealed class CliConnection : IAsyncDisposable
{
    private const int HelloBytes = 36;
    private const int BufferBytes = 16 * 1024;

    // IAC SB TTYPE IS "vppctl" IAC SE: from here on no banner, prompt, echo or pager.
    private static readonly byte[] NonInteractive =
        [0xff, 0xfa, 24, 0, (byte)'v', (byte)'p', (byte)'p', (byte)'c', (byte)'t', (byte)'l', 0xff, 0xf0];

    private readonly Socket _socket;
#pragma warning disable CA2213 // It has no wait handle to free, and a waiter may still hold it.
    private readonly SemaphoreSlim _turn = new(1);
#pragma warning restore CA2213
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CallTimer _timer;
    private readonly Task _reading;
    private TaskCompletionSource<string>? _waiting;

    private CliConnection(Socket socket, CallTimer timer)
    {
        _socket = socket;
        _timer = timer;
        _reading = ReadLoopAsync();
    }

    public Task Closed => _closed.Task;

    public static async Task<CliConnection> ConnectAsync(
        string path, CallTimer timer, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using CallLimit limit = timer.Start(cancel);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token).ConfigureAwait(false);

            // The answer to the hello may go first; VPP turns interactive after a second of silence.
            await socket.SendAsync(NonInteractive, limit.Token).ConfigureAwait(false);
            await ReadHelloAsync(socket, limit.Token).ConfigureAwait(false);
            return new CliConnection(socket, timer);
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

    /// <summary>Runs one command and returns what VPP printed, with LF line ends.</summary>
    public async Task<string> RunAsync(CliCommand command, CancellationToken cancel)
    {
        byte[] bytes = command.ToBytes();
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_closed.Task.IsCompleted)
                throw new VppException(VppFault.Away, "the CLI session of VPP is closed");
            using CallLimit limit = _timer.Start(command.Timeout, cancel);
            try
            {
                var reply = new TaskCompletionSource<string>(
                    TaskCreationOptions.RunContinuationsAsynchronously);
                Volatile.Write(ref _waiting, reply);
                await SendWholeAsync(bytes, limit.Token).ConfigureAwait(false);
                return await reply.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or VppException
                or ObjectDisposedException)
            {
                Close();
                if (cancel.IsCancellationRequested)
                    throw;
                throw e as VppException ?? new VppException(
                    VppFault.Away,
                    e is OperationCanceledException ? "VPP did not answer on the CLI in time"
                        : "VPP closed the CLI session",
                    e);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _reading.ConfigureAwait(false);
    }

    private static async Task ReadHelloAsync(Socket socket, CancellationToken cancel)
    {
        var hello = new byte[HelloBytes];
        for (int filled = 0; filled < HelloBytes;)
        {
            int count = await socket.ReceiveAsync(hello.AsMemory(filled), cancel).ConfigureAwait(false);
            if (count == 0)
                throw new VppException(VppFault.Away, "VPP closed the CLI session at once");
            filled += count;
        }

        if (hello[0] != 0xff)
            throw new VppException(
                VppFault.Away, "VPP's CLI runs with cli-line-mode, which the bridge does not speak");
    }

    // One write: a command that VPP reads in two pieces is two commands.
    private async Task SendWholeAsync(byte[] bytes, CancellationToken cancel)
    {
        int sent = await _socket.SendAsync(bytes, cancel).ConfigureAwait(false);
        if (sent != bytes.Length)
            throw new VppException(VppFault.Away, "the command was cut by the socket");
    }

    private async Task ReadLoopAsync()
    {
        var closed = new VppException(VppFault.Away, "VPP closed the CLI session");
        try
        {
            while (true)
            {
                string reply = await ReadReplyAsync().ConfigureAwait(false);
                (Interlocked.Exchange(ref _waiting, null) ?? throw MixedUp()).TrySetResult(reply);
            }
        }
        catch (VppException e)
        {
            closed = e;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Whoever waits is told below.
        }

        Close();

        // A command that comes later finds the session closed.
        Interlocked.Exchange(ref _waiting, null)?.TrySetException(closed);
    }

    private async Task<string> ReadReplyAsync()
    {
        var buffer = new byte[BufferBytes];
        int filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                if (buffer.Length >= Limits.CliReplyBytesMax)
                    throw new VppException(VppFault.Away, "the reply of VPP's CLI is too long");
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int count = await _socket.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
            if (count == 0)
                throw new VppException(VppFault.Away, "VPP closed the CLI session");
            if (Volatile.Read(ref _waiting) is null)
                throw MixedUp();
            filled += count;

            // A NUL ends the reply. No command we send prints one in the middle.
            if (buffer[filled - 1] != 0)
                continue;
            if (buffer.AsSpan(0, filled - 1).Contains((byte)0))
                throw MixedUp();
            return Encoding.UTF8.GetString(buffer, 0, filled - 1)
                .Replace("\r\n", "\n", StringComparison.Ordinal);
        }
    }

    private static VppException MixedUp() => new(VppFault.Away, "the CLI of VPP mixed up its replies");

    private void Close()
    {
        _closed.TrySetResult();
        _socket.Dispose();
    }
}
