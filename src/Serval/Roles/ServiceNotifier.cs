using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Tells systemd what the process is about: READY, RELOADING, STOPPING, WATCHDOG and a status line, by
/// datagrams to the socket that <c>NOTIFY_SOCKET</c> names (sd_notify(3)). Does nothing elsewhere. The
/// library's notifier knows neither reloading nor the watchdog. Thread: any.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;
    private readonly ILogger _log;
    private bool _hasFailed;

    /// <summary>Finds the socket of the manager in the environment.</summary>
    public ServiceNotifier(ILogger log)
        : this(
            Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
            Environment.GetEnvironmentVariable("WATCHDOG_PID"), log)
    {
    }

    internal ServiceNotifier(string? socket, string? watchdogUs, string? watchdogPid, ILogger log)
    {
        _log = log;
        if (string.IsNullOrEmpty(socket))
            return;
        // A leading @ stands for the zero byte of an abstract name.
        _manager = new UnixDomainSocketEndPoint(socket[0] == '@' ? $"\0{socket[1..]}" : socket);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            // The manager must never hold up the router.
            Blocking = false,
        };
        bool isForUs = string.IsNullOrEmpty(watchdogPid)
            || watchdogPid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (isForUs && long.TryParse(watchdogUs, CultureInfo.InvariantCulture, out long us) && us > 0)
            WatchdogPeriod = TimeSpan.FromMicroseconds(us / 2);
    }

    /// <summary>
    /// How often the manager wants to hear that the process is well: half of what it waits. Null when it does
    /// not.
    /// </summary>
    public TimeSpan? WatchdogPeriod { get; }

    /// <summary>The process serves, or waits for its first configuration.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>It reads its configuration again; <see cref="Ready"/> follows.</summary>
    public void Reloading()
    {
        // Stopwatch reads CLOCK_MONOTONIC, which is what the manager compares with.
        long now = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={now}"));
    }

    /// <summary>It drains.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=draining");

    /// <summary>Its workers take turns.</summary>
    public void IsWell() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        if (_socket is null)
            return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _manager!);
            _hasFailed = false;
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            if (!_hasFailed)
                Log.NotNotified(_log, fault.Message);
            _hasFailed = true;
        }
    }
}
