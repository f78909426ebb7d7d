using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Acme;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Tests.Acme;

/// <summary>Faults of an authority, and what becomes of the certificates beside the one they hit.</summary>
public sealed class AuthorityFaultTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder = new();
    private readonly ScriptedAuthority _authority = new();
    private readonly SystemTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly AcmeCertificates _certificates;
    private readonly SemaphoreSlim _reloaded = new(0);
    private ImmutableArray<Resource> _objects = [];
    private Task _running = Task.CompletedTask;

    public AuthorityFaultTests() => _certificates = new AcmeCertificates(
        new AcmeOptions
        {
            Email = "a@example.com",
            Directory = _authority.Directory,
            StateDirectory = _folder.Root,
        },
        _time, NullLogger.Instance);

    [Fact]
    public async Task A_certificate_for_a_strange_key_is_refused_and_the_next_one_is_got()
    {
        _authority.WrongKeyFor.Add("a.example");
        Want("a", "b");
        Assert.Equal(["b"], await HeldAsync(1));
        Assert.Equal(2, _authority.CountOf("/certificate/"));
    }

    [Fact]
    public async Task An_account_that_the_authority_has_lost_is_made_anew_with_the_next_try()
    {
        _authority.ForgottenAccounts = 1;
        Want("a");
        await UntilAsync(() => _authority.CountOf("/order") == 1);
        // The failed try is noted before the next look; "b" wakes it.
        Want("a", "b");
        Assert.Equal(["b"], await HeldAsync(1));
        Assert.Equal(2, _authority.CountOf("/account"));
    }

    [Fact]
    public async Task A_certificate_that_was_replaced_before_is_ordered_without_naming_it()
    {
        Want("a");
        await HeldAsync(1);
        _authority.AllIsReplaced = true;
        _time.Offset = TimeSpan.FromDays(365 * 101); // beyond the window that the authority suggests
        Want("a", "b");
        await HeldAsync(2);
        await UntilAsync(() => _authority.CountOf("/certificate/") == 3);
    }

    [Fact]
    public async Task The_authority_is_asked_for_a_window_only_when_it_wants_to_be()
    {
        Want("a");
        await HeldAsync(1);
        Want("a", "b");
        await HeldAsync(2);
        Want("a", "b", "c");
        await HeldAsync(3);
        Assert.Equal(1, RenewalsOfTheFirst());
        _time.Offset = TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1); // it said 7200 seconds
        Want("a", "b", "c", "d");
        await HeldAsync(4);
        Assert.Equal(2, RenewalsOfTheFirst());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _certificates.DisposeAsync();
        await _authority.DisposeAsync();
        _stop.Dispose();
        _reloaded.Dispose();
        _folder.Dispose();
    }

    private int RenewalsOfTheFirst() => _authority.Requests
        .Where(request => request.Contains("/renewal/", StringComparison.Ordinal))
        .GroupBy(request => request, StringComparer.Ordinal)
        .First().Count();

    private void Want(params string[] names)
    {
        _objects = [SmallObjects.Gateway("edge", 0, [.. names.Select(Listener)])];
        _ = Held();
        if (_running.IsCompleted)
            _running = _certificates.RunAsync(_ => Task.CompletedTask, _stop.Token);
    }

    private async Task<string[]> HeldAsync(int count)
    {
        string[] held = [];
        await UntilAsync(() => (held = Held()).Length == count);
        return held;
    }

    private string[] Held() =>
    [
        .. _certificates.ObjectsBeside(_objects).OfType<SecretResource>()
            .Select(secret => secret.Metadata.Name),
    ];

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!isSo())
            await Task.Delay(10, limit.Token);
    }

    private static GatewayListener Listener(string name) => new()
    {
        Name = name,
        Port = 443,
        Protocol = "HTTPS",
        Hostname = $"{name}.example",
        Tls = new GatewayListenerTls { CertificateRefs = [new ObjectReference { Name = name }] },
    };

    private sealed class SystemTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
