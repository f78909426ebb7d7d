using Serval.Control.Acme;

namespace Serval.Control.Tests.Acme;

/// <summary>Faults of an authority, and what becomes of the certificates beside the one they hit.</summary>
public sealed class AuthorityFaultTests : IEndsAsync
{
    private readonly AcmeScene _scene = new();

    private ScriptedAuthority Authority => _scene.Authority;

    [Fact]
    public async Task A_certificate_for_a_strange_key_is_refused_and_the_next_one_is_got()
    {
        Authority.WrongKeyFor.Add("a.example");
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        Assert.Equal(2, Authority.CountOf("/certificate/"));
    }

    [Fact]
    public async Task An_account_that_the_authority_has_lost_is_made_anew_with_the_next_try()
    {
        Authority.ForgottenAccounts = 1;
        _scene.Want("a");
        await AcmeScene.UntilAsync(() => Authority.CountOf("/order") == 1);
        // The failed try is noted before the next look; "b" wakes it.
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        Assert.Equal(2, Authority.CountOf("/account"));
    }

    [Theory]
    [InlineData("alreadyReplaced")]
    [InlineData("malformed")] // an authority that does not know the certificate
    public async Task A_certificate_that_cannot_be_replaced_is_ordered_without_naming_it(string problem)
    {
        _scene.Want("a");
        await _scene.HeldAsync(1);
        Authority.ReplacingProblem = problem;
        _scene.Time.Offset = TimeSpan.FromDays(365 * 101); // beyond the window that the authority suggests
        _scene.Want("a", "b");
        await _scene.HeldAsync(2);
        await AcmeScene.UntilAsync(() => Authority.CountOf("/certificate/") == 3);
        Assert.Single(Authority.Replaced);
    }

    [Fact]
    public async Task The_authority_is_asked_for_a_window_only_when_it_wants_to_be()
    {
        await _scene.WantOneMoreAsync();
        await _scene.WantOneMoreAsync();
        await _scene.WantOneMoreAsync();
        Assert.Equal(1, _scene.RenewalsOfTheFirst());
        _scene.Time.Offset = TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1); // it said 7200 seconds
        await _scene.WantOneMoreAsync();
        Assert.Equal(2, _scene.RenewalsOfTheFirst());
    }

    [Fact]
    public async Task An_authority_that_refuses_to_suggest_a_window_is_asked_again_soon()
    {
        Authority.SuggestsNothing = true;
        await _scene.WantOneMoreAsync();
        await _scene.WantOneMoreAsync();
        await _scene.WantOneMoreAsync();
        Assert.Equal(1, _scene.RenewalsOfTheFirst());
        _scene.Time.Offset = TimeSpan.FromMilliseconds(AcmeLimits.FailurePauseMs + 1);
        await _scene.WantOneMoreAsync();
        Assert.Equal(2, _scene.RenewalsOfTheFirst());
    }

    [Fact]
    public async Task An_authority_that_cannot_be_asked_for_a_window_does_not_hold_up_other_certificates()
    {
        Authority.RenewalUrl = "ftp://127.0.0.1/";
        _scene.Want("a");
        await _scene.HeldAsync(1);
        _scene.Want("a", "b");
        Assert.Equal(["a", "b"], await _scene.HeldAsync(2));
    }

    [Fact]
    public async Task An_order_is_finalised_once_the_authority_says_that_it_is_ready()
    {
        Authority.OrdersPending = 2; // with its answer to the order, and once it is asked
        _scene.Want("a");
        await _scene.HeldAsync(1);
        Assert.Equal(1, Authority.CountOf("/finalize/"));
    }

    // RFC 8555 §6.5: another nonce is tried, and not for ever.
    [Theory]
    [InlineData(AcmeLimits.NoncesMax, 2)]
    [InlineData(AcmeLimits.NoncesMax + 1, 1)]
    public async Task A_nonce_that_is_of_no_use_is_replaced_so_often_and_then_the_try_fails(
        int bad, int certificates)
    {
        Authority.BadNonces = bad;
        _scene.Want("a", "b");
        Assert.Contains("b", await _scene.HeldAsync(certificates));
        Assert.Equal(bad + certificates, Authority.CountOf("/order") - Authority.CountOf("/order/"));
    }

    [Fact]
    public async Task A_certificate_that_is_longer_than_any_answer_may_be_fails_the_try()
    {
        Authority.BytesBefore["a.example"] = AcmeLimits.AnswerBytesMax;
        Authority.BytesBefore["b.example"] = AcmeLimits.AnswerBytesMax / 2;
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
    }

    [Fact]
    public async Task A_name_that_was_not_ordered_is_not_proven()
    {
        Authority.StrangeNames = ["else.example"];
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        Assert.Equal(1, Authority.CountOf("/proof/"));
        Assert.Equal(0, Authority.CountOf("/challenge"));
    }

    [Fact]
    public async Task An_order_with_more_proofs_than_names_that_a_certificate_may_have_is_given_up()
    {
        Authority.StrangeNames = [.. Enumerable.Repeat("a.example", AcmeLimits.NamesMax + 1)];
        _scene.Want("a", "b");
        Assert.Equal(["b"], await _scene.HeldAsync(1));
        Assert.Equal(0, Authority.CountOf("/proof/"));
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
