using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
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
    private readonly Lines _log = new();
    private ImmutableArray<Resource> _objects = [];
    private string[] _names = [];
    private Task _running = Task.CompletedTask;

    public AuthorityFaultTests() => _certificates = new AcmeCertificates(
        new AcmeOptions
        {
            Email = "a@example.com",
            Directory = _authority.Directory,
            StateDirectory = _folder.Root,
        },
        _time, _log);

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

    // A minute and a day are the bounds of the pause.
    [Theory]
    [InlineData(1, 60)]
    [InlineData(10_000_000, 86_400)]
    public async Task An_authority_that_wants_to_be_asked_too_often_or_never_is_asked_at_the_bound(
        int seconds, int expected)
    {
        _authority.RetryAfter = seconds;
        Want("a");
        await HeldAsync(1);
        Want("a", "b");
        await HeldAsync(2);
        _time.Offset = TimeSpan.FromSeconds(expected - 30);
        Want("a", "b", "c");
        await HeldAsync(3);
        Assert.Equal(1, RenewalsOfTheFirst());
        _time.Offset = TimeSpan.FromSeconds(expected + 30);
        Want("a", "b", "c", "d");
        await HeldAsync(4);
        Assert.Equal(2, RenewalsOfTheFirst());
    }

    [Fact]
    public async Task An_order_that_is_answered_with_something_else_costs_the_others_nothing()
    {
        _authority.OddAnswersFor.Add("a.example");
        Want("a", "b");
        Assert.Equal(["b"], await HeldAsync(1));
        Assert.Contains(_log.All, line => line.Contains("a.example", StringComparison.Ordinal));
    }

    // The token becomes a path that is served and a value in a certificate.
    [Theory]
    [InlineData("")]
    [InlineData("../health")]
    [InlineData("a b")]
    [InlineData("é")]
    public async Task A_token_that_no_authority_may_choose_is_not_served(string token)
    {
        _authority.Tokens["a.example"] = token;
        _authority.Tokens["b.example"] = new string('-', AcmeLimits.TokenLength);
        _authority.Tokens["c.example"] = new string('-', AcmeLimits.TokenLength + 1);
        Want("a", "b", "c");
        Assert.Equal(["b"], await HeldAsync(1));
        await UntilAsync(() => _log.All.Count(line => line.Contains("token", StringComparison.Ordinal)) == 2);
        Assert.Equal(1, _authority.CountOf("/challenge/"));
    }

    [Fact]
    public void Names_that_cannot_be_proven_are_told()
    {
        _objects =
        [
            SmallObjects.Gateway("edge", 0,
                Listener("a"), Listener("a") with { Hostname = "*.a.example" },
                Listener("b") with { Hostname = null }),
        ];
        _ = Held();
        Assert.Contains(_log.All, line => line.Contains("shop/a", StringComparison.Ordinal)
            && line.Contains("will not hold *.a.example", StringComparison.Ordinal));
        Assert.Contains(_log.All, line => line.Contains("shop/b", StringComparison.Ordinal)
            && line.Contains("has a hostname", StringComparison.Ordinal));
        int told = _log.All.Count;
        _ = Held();
        Assert.Equal(told, _log.All.Count);
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
        _names = names;
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
            .Select(secret => secret.Metadata.Name)
            .Where(_names.Contains), // those of challenges come and go
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

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));
    }

    private sealed class SystemTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
