using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>How long the router holds keys.</summary>
public sealed class CertificateStoreTests
{
    private const long StartMs = 5_000;

    [Fact]
    public void A_key_that_no_snapshot_names_is_forgotten_when_its_time_is_over_and_a_named_one_stays()
    {
        using TestAuthority authority = new();
        using CertificateStore store = new();
        IssuedPair unnamed = authority.Issue("unnamed", ["a.example"]);
        IssuedPair named = authority.Issue("named", ["b.example"]);
        Assert.Null(store.Put(unnamed.Keys()));
        Assert.Null(store.Put(named.Keys()));
        foreach (long passedMs in new[] { 0, 1_000, Limits.UnnamedKeyMs })
        {
            store.Forget((name, _) => name == "named", StartMs + passedMs);
            Assert.True(store.Holds("unnamed", unnamed.Model.Digest));
        }

        store.Forget((name, _) => name == "named", StartMs + Limits.UnnamedKeyMs + 1);
        Assert.False(store.Holds("unnamed", unnamed.Model.Digest));
        Assert.True(store.Holds("named", named.Model.Digest));
    }

    [Fact]
    public void A_key_that_a_snapshot_has_named_is_forgotten_with_the_last_snapshot_that_names_it()
    {
        using TestAuthority authority = new();
        using CertificateStore store = new();
        IssuedPair pair = authority.Issue("web", ["a.example"]);
        Assert.Null(store.Put(pair.Keys()));
        store.Forget((_, _) => true, StartMs);
        Assert.True(store.Holds("web", pair.Model.Digest));
        store.Forget((_, _) => false, StartMs + 1);
        Assert.False(store.Holds("web", pair.Model.Digest));
    }
}
