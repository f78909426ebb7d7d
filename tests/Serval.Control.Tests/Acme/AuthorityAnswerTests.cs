using System.Net;
using Serval.Control.Acme;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Tests.Acme;

/// <summary>Answers of an authority that are odd, and names that it cannot prove.</summary>
public sealed class AuthorityAnswerTests : IEndsAsync
{
    private readonly AcmeScene _scene = new();

    // A minute and a day are the bounds of the pause.
    [Theory]
    [InlineData(1, 60)]
    [InlineData(10_000_000, 86_400)]
    public async Task An_authority_that_wants_to_be_asked_too_often_or_never_is_asked_at_the_bound(
        int seconds, int expected)
    {
        _scene.Authority.RetryAfter = seconds;
        await _scene.WantOneMoreAsync();
        await _scene.WantOneMoreAsync();
        _scene.Time.Offset = TimeSpan.FromSeconds(expected - 30);
        await _scene.WantOneMoreAsync();
        Assert.Equal(1, _scene.RenewalsOfTheFirst());
        _scene.Time.Offset = TimeSpan.FromSeconds(expected + 30);
        await _scene.WantOneMoreAsync();
        Assert.Equal(2, _scene.RenewalsOfTheFirst());
    }

    [Fact]
    public async Task An_order_that_is_answered_with_something_else_costs_the_others_nothing()
    {
        _scene.Authority.OddAnswersFor.Add("a.example");
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        Assert.Contains(_scene.Log, line => line.Contains("a.example", StringComparison.Ordinal));
    }

    // The token becomes a path that is served and a value in a certificate.
    [Theory]
    [InlineData("")]
    [InlineData("../health")]
    [InlineData("a b")]
    [InlineData("é")]
    public async Task A_token_that_no_authority_may_choose_is_not_served(string token)
    {
        _scene.Authority.Tokens["a.example"] = token;
        _scene.Authority.Tokens["b.example"] = new string('-', AcmeLimits.TokenLength);
        _scene.Authority.Tokens["c.example"] = new string('-', AcmeLimits.TokenLength + 1);
        _scene.Want("a", "b", "c");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        await AcmeScene.UntilAsync(() =>
            _scene.Log.Count(line => line.Contains("token", StringComparison.Ordinal)) == 2);
        Assert.Equal(1, _scene.Authority.CountOf("/challenge/"));
    }

    [Fact]
    public async Task Of_a_challenge_over_HTTP_nothing_is_left_once_its_name_is_proven()
    {
        const string token = "token";
        using HttpClient client = new();
        Uri? served = null;
        HttpStatusCode? duringIt = null;
        _scene.Reloading = async () =>
        {
            if (_scene.Beside().OfType<EndpointSliceResource>().SingleOrDefault() is not { } slice)
                return;
            Assert.Single(_scene.Beside().OfType<HttpRouteResource>());
            served = new Uri($"http://127.0.0.1:{slice.Ports[0].Port}{ChallengeServer.Path}{token}");
            duringIt = (await client.GetAsync(served)).StatusCode;
        };
        _scene.Plain = new GatewayListener { Name = "web", Port = 80, Protocol = "HTTP" };
        _scene.Authority.Tokens["a.example"] = token;
        _scene.Want("a");
        await _scene.HeldAsync(1);
        Assert.Equal(HttpStatusCode.OK, duringIt);
        Assert.Empty(_scene.Beside().OfType<HttpRouteResource>());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(served)).StatusCode);
    }

    [Fact]
    public void Names_that_cannot_be_proven_are_told()
    {
        void Look() => _scene.Look(
            AcmeScene.Listener("a"), AcmeScene.Listener("a") with { Hostname = "*.a.example" },
            AcmeScene.Listener("b") with { Hostname = null });
        Look();
        Assert.Contains(_scene.Log, line => line.Contains("shop/a", StringComparison.Ordinal)
            && line.Contains("will not hold *.a.example", StringComparison.Ordinal));
        Assert.Contains(_scene.Log, line => line.Contains("shop/b", StringComparison.Ordinal)
            && line.Contains("has a hostname", StringComparison.Ordinal));
        int told = _scene.Log.Count;
        Look();
        Assert.Equal(told, _scene.Log.Count);
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
