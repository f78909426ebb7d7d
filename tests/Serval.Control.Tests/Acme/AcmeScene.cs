using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Serval.Control.Acme;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Tests.Acme;

/// <summary>
/// Certificates that are got from an authority for the listeners of one Gateway, with their state on disk.
/// </summary>
internal sealed class AcmeScene : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder = new();
    private CancellationTokenSource _stop = new();
    private AcmeCertificates _certificates;
    private ImmutableArray<Resource> _objects = [];
    private string[] _names = [];
    private Task _running = Task.CompletedTask;

    public AcmeScene() => _certificates = Make(Authority);

    public ScriptedAuthority Authority { get; } = new();

    public ShiftedTime Time { get; } = new();

    /// <summary>Called where a verb reads its files again.</summary>
    public Func<Task> Reloading { get; set; } = static () => Task.CompletedTask;

    /// <summary>A listener that the Gateway has beside the others; null for none.</summary>
    public GatewayListener? Plain { get; set; }

    /// <summary>The lines of the log.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Where a file of its state is.</summary>
    public string StateOf(string file) => Path.Combine(_folder.Root, "acme", file);

    /// <summary>Begins anew with the same state and another authority.</summary>
    public async Task RestartAsync(ScriptedAuthority authority)
    {
        await StopAsync();
        _stop = new CancellationTokenSource();
        _certificates = Make(authority);
        _running = Task.CompletedTask;
    }

    /// <summary>
    /// Has one HTTPS listener for each name, whose Secret is called like it. A name behind a slash is that of
    /// another Secret: <c>b/a</c> is a listener for b.example with the Secret a.
    /// </summary>
    public void Want(params string[] listeners)
    {
        _names = [.. listeners.Select(name => name.Split('/')[^1])];
        Look([.. listeners.Select(Listener)]);
        if (_running.IsCompleted)
            _running = _certificates.RunAsync(_ => Reloading(), _stop.Token);
    }

    /// <summary>
    /// Wants one certificate more, called by the next letter, and waits until all are there. All are looked
    /// at with it.
    /// </summary>
    public async Task WantOneMoreAsync()
    {
        Want([.. _names, $"{(char)('a' + _names.Length)}"]);
        await HeldAsync(_names.Length);
    }

    /// <summary>Looks once at what these listeners ask for.</summary>
    public void Look(params GatewayListener[] listeners)
    {
        _objects = [SmallObjects.Gateway("edge", 0, Plain is null ? listeners : [.. listeners, Plain])];
        _ = Held();
    }

    /// <summary>Names of the Secrets that are there once there are so many.</summary>
    public async Task<string[]> HeldAsync(int count)
    {
        string[] held = [];
        await UntilAsync(() => (held = Held()).Length == count);
        return held;
    }

    /// <summary>Hostnames of the certificate in a Secret.</summary>
    public string[] HostnamesOf(string secret)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(ChainOf(secret));
        return
        [
            .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single()
                .EnumerateDnsNames(),
        ];
    }

    /// <summary>The chain in a Secret; empty when there is no such Secret.</summary>
    public string ChainOf(string secret) => Secrets()
        .FirstOrDefault(one => one.Metadata.Name == secret)?.StringData["tls.crt"] ?? "";

    /// <summary>How often it asked for the window of its first certificate.</summary>
    public int RenewalsOfTheFirst() => Authority.Requests
        .Where(request => request.Contains("/renewal/", StringComparison.Ordinal))
        .GroupBy(request => request, StringComparer.Ordinal)
        .First().Count();

    public static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!isSo())
            await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Authority.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _certificates.DisposeAsync();
        _stop.Dispose();
    }

    private AcmeCertificates Make(ScriptedAuthority authority) => new(
        new AcmeOptions
        {
            Email = "a@example.com",
            Directory = authority.Directory,
            StateDirectory = _folder.Root,
        },
        Time, new Lines(Log));

    // Those of challenges come and go.
    private string[] Held() =>
        [.. Secrets().Select(secret => secret.Metadata.Name).Where(_names.Contains)];

    /// <summary>What stands beside the objects of the files at the moment.</summary>
    public IEnumerable<Resource> Beside() => _certificates.ObjectsBeside(_objects);

    private IEnumerable<SecretResource> Secrets() => Beside().OfType<SecretResource>();

    /// <summary>An HTTPS listener, see <see cref="Want"/>.</summary>
    public static GatewayListener Listener(string name)
    {
        string[] parts = name.Split('/');
        return new GatewayListener
        {
            Name = parts[0],
            Port = 443,
            Protocol = "HTTPS",
            Hostname = $"{parts[0]}.example",
            Tls = new GatewayListenerTls { CertificateRefs = [new ObjectReference { Name = parts[^1] }] },
        };
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception));
    }

    /// <summary>The machine's time, shifted.</summary>
    public sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
