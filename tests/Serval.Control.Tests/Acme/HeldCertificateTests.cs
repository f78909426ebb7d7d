using Serval.Control.Acme;

namespace Serval.Control.Tests.Acme;

/// <summary>What is served while another certificate is to be got.</summary>
public sealed class HeldCertificateTests : IEndsAsync
{
    private static readonly TimeSpan BehindThePause = TimeSpan.FromMinutes(6);
    private readonly AcmeScene _scene = new();

    [Fact]
    public async Task A_certificate_is_served_on_when_a_hostname_is_added_until_there_is_one_for_both()
    {
        _scene.Want("a");
        await _scene.HeldAsync(1);
        string first = _scene.ChainOf("a");
        _scene.Authority.WrongKeyFor.Add("a.example");
        _scene.Want("a", "b/a");
        await AcmeScene.UntilAsync(() => _scene.Authority.CountOf("/certificate/") == 2);
        Assert.Equal(first, _scene.ChainOf("a"));

        _scene.Authority.WrongKeyFor.Clear();
        _scene.Time.Offset = BehindThePause;
        _scene.Want("a", "b/a", "c"); // "c" wakes it
        await _scene.HeldAsync(2);
        Assert.Equal(["a.example", "b.example"], _scene.HostnamesOf("a"));
    }

    [Fact]
    public async Task A_certificate_for_none_of_the_hostnames_is_not_served()
    {
        _scene.Want("a");
        await _scene.HeldAsync(1);
        _scene.Authority.WrongKeyFor.Add("b.example");
        _scene.Want("b/a", "c");
        Assert.Equal(["c"], await _scene.HeldAsync(1));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_served_until_this_one_has_issued_its_own()
    {
        _scene.Want("a");
        await _scene.HeldAsync(1);
        string first = _scene.ChainOf("a");
        await using ScriptedAuthority other = new() { OrdersPending = 2 };
        await _scene.RestartAsync(other);
        _scene.Want("a");
        Assert.Equal(first, _scene.ChainOf("a"));
        await AcmeScene.UntilAsync(() => _scene.ChainOf("a") != first);
        // It knows nothing of the certificate that it replaces.
        Assert.Empty(other.Replaced);
        Assert.DoesNotContain(
            other.Requests.TakeWhile(request => !request.Contains("/certificate/", StringComparison.Ordinal)),
            request => request.Contains("/renewal/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_is_put_right_does_not_make_the_pause_behind_a_failure_longer()
    {
        _scene.Time.Offset = TimeSpan.FromMinutes(30);
        _scene.Authority.WrongKeyFor.Add("a.example");
        _scene.Want("a", "b");
        await _scene.HeldAsync(1);
        _scene.Authority.WrongKeyFor.Clear();
        _scene.Time.Offset = TimeSpan.Zero;
        _scene.Want("a", "b", "c"); // "c" wakes it
        Assert.Equal(["a", "b", "c"], await _scene.HeldAsync(3));
    }

    [Fact]
    public async Task Hostnames_beyond_the_bound_are_left_out_and_told_of()
    {
        string[] names = [.. Enumerable.Range(100, AcmeLimits.NamesMax + 2).Select(i => $"n{i}")];
        _scene.Want([.. names.Select(name => $"{name}/a")]);
        await _scene.HeldAsync(1);
        Assert.Equal(
            names.Take(AcmeLimits.NamesMax).Select(name => $"{name}.example"), _scene.HostnamesOf("a"));
        Assert.Contains(_scene.Log, line => line.Contains(
            string.Join(", ", names[^2..].Select(name => $"{name}.example")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_kept_on_disk_is_served_all_the_same()
    {
        Directory.CreateDirectory(_scene.StateOf($"{SmallObjects.Namespace}_a"));
        _scene.Want("a", "b");
        Assert.Equal(["a", "b"], await _scene.HeldAsync(2));
        Assert.Equal(2, _scene.Authority.CountOf("/certificate/"));
    }

    // It would be renewed at every look, as the one before it was to be.
    [Fact]
    public async Task A_certificate_that_was_renewed_because_the_authority_wished_it_has_a_window_of_its_own()
    {
        _scene.Authority.WindowsPassed = 1;
        _scene.Want("a");
        await _scene.HeldAsync(1);
        string first = _scene.ChainOf("a");
        _scene.Want("a", "b"); // "b" wakes it
        await _scene.HeldAsync(2);
        string second = _scene.ChainOf("a");
        Assert.NotEqual(first, second);

        _scene.Want("a", "b", "c");
        await _scene.HeldAsync(3);
        Assert.Equal(second, _scene.ChainOf("a"));
        Assert.Equal(4, _scene.Authority.CountOf("/certificate/"));
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
