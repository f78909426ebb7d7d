using Prometheus;

namespace Serval.VppBridge;

/// <summary>How the bridge runs.</summary>
public sealed record VppGatewayOptions
{
    /// <summary>Where gRPC is served: ADDRESS:PORT or unix:PATH. A unix socket has mode 0660. An address that
    /// is not loopback needs
    /// <see cref="CertificateFile"/>, and <see cref="ClientCaFile"/> or <see cref="TokenFile"/>.</summary>
    public string Listen { get; init; } = "unix:/run/serval/vpp.sock";

    /// <summary>Where probes and metrics are served as plain HTTP, and nothing else: ADDRESS:PORT.</summary>
    public string Admin { get; init; } = "127.0.0.1:9903";

    /// <summary>The folder of VPP's sockets: cli.sock, api.sock and stats.sock.</summary>
    public string VppRuntimeDirectory { get; init; } = "/run/vpp";

    /// <summary>The way into VPP.</summary>
    public VppTransportKind Transport { get; init; } = VppTransportKind.Auto;

    /// <summary>The folder where the desired state is kept, private keys included.</summary>
    public string StateDirectory { get; init; } = "/var/lib/serval/vpp";

    /// <summary>The folder that private key files of requests are read from; null refuses them.</summary>
    public string? KeyDirectory { get; init; }

    /// <summary>Put drift right; false only tells it.</summary>
    public bool Repair { get; init; } = true;

    /// <summary>Let private keys go over VPP's CLI, which VPP may write to its log.</summary>
    public bool AllowKeysOverCli { get; init; }

    /// <summary>PEM file of the server's certificate chain.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the server's private key.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>PEM file of the authorities that client certificates come from.</summary>
    public string? ClientCaFile { get; init; }

    /// <summary>Names of clients that may call: a DNS name, URI or the common name of their
    /// certificates.</summary>
    public IReadOnlyList<string> AllowedClients { get; init; } = [];

    /// <summary>A file with the bearer token that calls have to carry.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Adds further series to /metrics, such as those of the process.</summary>
    public Action<CollectorRegistry> AddSeries { get; init; } = _ => { };

    /// <summary>The clock of the time limits of single commands and messages.</summary>
    internal TimeProvider CallClock { get; init; } = TimeProvider.System;

    /// <summary>How often VPP is looked at while anything is missing.</summary>
    internal TimeSpan UnsettledLookInterval { get; init; } = Limits.UnsettledLookInterval;

    /// <summary>The first pause before connecting again.</summary>
    internal TimeSpan ReconnectPauseMin { get; init; } = Limits.ReconnectPauseMin;
}
