using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Driving;

/// <summary>One way of loading a proxy.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Connections that make requests.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Connections that made one request and are kept open beside the busy ones.</summary>
    public int IdleConnections { get; init; }

    /// <summary>Size of the response's body.</summary>
    public long BodyBytes { get; init; } = 128;

    /// <summary>Size of the request's body; 0 makes it a GET.</summary>
    public long UploadBytes { get; init; }

    /// <summary>A new connection for every request.</summary>
    public bool ClosesConnections { get; init; }

    /// <summary>What connections do with TLS.</summary>
    public TlsUse Tls { get; init; }

    /// <summary>Whether the proxy ends TLS.</summary>
    public bool EndsTls => Tls is TlsUse.Terminated or TlsUse.Resumed;

    /// <summary>Open loop: requests per second; 0 makes it a closed loop.</summary>
    public int RatePerSecond { get; init; }

    /// <summary>Open loop at 70 % of what the slower rival reached in <c>keepalive-64</c>.</summary>
    public bool RateFromRivals { get; init; }

    /// <summary>
    /// Requests that are still to begin when the window of an open loop ends are no fault: answers are what
    /// counts, on a machine that may be busy.
    /// </summary>
    public bool MayFallBehind { get; init; }

    /// <summary>Routes by host, over which the requests are spread; 0 is one route for every host.</summary>
    public int Routes { get; init; }

    /// <summary>Endpoints of the one service: loopback addresses that the origin answers on.</summary>
    public int Endpoints { get; init; } = 1;

    /// <summary>
    /// Whether the service has a further endpoint, at an address where the origin does not answer.
    /// </summary>
    public bool HasBrokenEndpoint { get; init; }

    /// <summary>
    /// Changes of the configuration per second while it is used; null when there is nothing to change.
    /// </summary>
    public int? SwapsPerSecond { get; init; }

    /// <summary>How long the proxy may take to start.</summary>
    public double SettleSeconds { get; init; } = 10;

    /// <summary>Load after the start, before anything is measured.</summary>
    public double WarmUpSeconds { get; init; } = 1;

    /// <summary>
    /// Measured window: short, so that what disturbs the machine now and then spoils a few of many, and the
    /// median none.
    /// </summary>
    public double Seconds { get; init; } = 0.4;

    /// <summary>No requests at all: only memory is looked at.</summary>
    public bool IsStill => Connections == 0;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("keepalive-64"),
        new("keepalive-512") { Connections = 512 },
        new("keepalive-1") { Connections = 1 },
        new("keepalive-4096") { Connections = 4096 },
        new("rate-64") { RateFromRivals = true },
        new("connect-64") { ClosesConnections = true },
        new("body-0") { BodyBytes = 0 },
        new("body-16k") { BodyBytes = 16 * 1024 },
        new("body-1m") { BodyBytes = 1024 * 1024, Connections = 16 },
        new("upload-16k") { UploadBytes = 16 * 1024 },
        new("upload-1m") { UploadBytes = 1024 * 1024, Connections = 16 },
        new("idle-8000") { IdleConnections = 8000 },
        new("https-64") { Tls = TlsUse.Terminated },
        new("https-512") { Tls = TlsUse.Terminated, Connections = 512 },
        new("https-full") { Tls = TlsUse.Terminated, ClosesConnections = true },
        new("https-resumed") { Tls = TlsUse.Resumed, ClosesConnections = true },
        new("https-body-16k") { Tls = TlsUse.Terminated, BodyBytes = 16 * 1024 },
        new("https-body-1m") { Tls = TlsUse.Terminated, BodyBytes = 1024 * 1024, Connections = 16 },
        new("passthrough-1m") { Tls = TlsUse.PassedThrough, BodyBytes = 1024 * 1024, Connections = 16 },
    ];

    /// <summary>What stands for all scenarios with TLS.</summary>
    public const string AllTls = "tls";

    /// <summary>What <c>--quick</c> runs.</summary>
    public static IReadOnlyList<string> Quick { get; } =
        ["keepalive-64", "keepalive-512", "connect-64", "body-16k"];
}
