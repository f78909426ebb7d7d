using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>Sessions alone: two ends of OpenSSL in memory, the wire cut wherever it can be.</summary>
public sealed class TlsSessionsTests
{
    private static readonly int[] Pieces = [1, 2, 3, 5, 7, 64, 1_000];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handshake_comes_to_its_end_however_its_bytes_are_cut(bool isTls13)
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority, isTls13);
        foreach (int piece in Pieces)
        {
            pair.Begin();
            pair.Handshake(piece);
            Assert.True(pair.Sessions.IsTls13(TlsPair.Server));
            byte[] wire = pair.Seal(TlsPair.Client, "ping"u8.ToArray());
            Assert.Equal("ping"u8.ToArray(), pair.Open(TlsPair.Server, wire).Plain);
        }
    }

    [Fact]
    public void A_record_that_is_cut_at_any_byte_is_opened_once_it_is_whole()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        pair.Handshake(1_000);
        byte[] text = new byte[300];
        for (int cut = 0; cut < text.Length; cut++)
        {
            Random.Shared.NextBytes(text);
            byte[] wire = pair.Seal(TlsPair.Client, text);
            (_, byte[] early) = pair.Open(TlsPair.Server, wire.AsSpan(0, cut));
            Assert.Empty(early);
            Assert.Equal(text, pair.Open(TlsPair.Server, wire.AsSpan(cut)).Plain);
        }
    }

    [Theory]
    [InlineData(3, 300, 1)]
    [InlineData(1, 9_000, 1)]
    [InlineData(5, 4_000, 2)]
    public void Runs_of_bytes_share_records_if_they_are_small(int runs, int runBytes, int records)
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        pair.Handshake(1_000);
        byte[] text = new byte[runs * runBytes];
        Random.Shared.NextBytes(text);
        byte[] wire = pair.Seal(TlsPair.Client, text, runBytes);
        int count = 0;
        for (int at = 0; at < wire.Length; at += 5 + ((wire[at + 3] << 8) | wire[at + 4])) count++;
        Assert.Equal(records, count);
        Assert.Equal(text, pair.Open(TlsPair.Server, wire).Plain);
    }

    [Fact]
    public void Many_records_at_once_stop_at_credit_and_go_on_where_they_stopped()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        pair.Handshake(1_000);
        byte[] text = new byte[200_000];
        Random.Shared.NextBytes(text);
        byte[] wire = pair.Seal(TlsPair.Client, text);
        List<byte> opened = [];
        (TlsProgress progress, byte[] plain) = pair.Open(TlsPair.Server, wire, creditBytes: 40_000);
        Assert.Equal(TlsProgress.IsBlocked, progress);
        int rounds = 0;
        while (plain.Length > 0)
        {
            opened.AddRange(plain);
            (_, plain) = pair.Open(TlsPair.Server, default, creditBytes: 40_000);
            rounds++;
        }

        Assert.True(rounds > 2);
        Assert.Equal(text, opened.ToArray());
    }

    [Fact]
    public void An_end_is_one_only_when_the_peer_says_so()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        pair.Handshake(1_000);
        byte[] wire = pair.Seal(TlsPair.Client, "ping"u8.ToArray());
        Assert.Equal(TlsProgress.NeedsMore, pair.Open(TlsPair.Server, wire).Progress);
        pair.Sessions.Notify(TlsPair.Client);
        Assert.Equal(TlsProgress.IsEnded, pair.Open(TlsPair.Server, pair.TakeWire(TlsPair.Client)).Progress);
        // The other half goes on.
        byte[] answer = pair.Seal(TlsPair.Server, "pong"u8.ToArray());
        Assert.Equal("pong"u8.ToArray(), pair.Open(TlsPair.Client, answer).Plain);
    }

    [Fact]
    public void A_byte_that_was_changed_anywhere_breaks_the_session_with_an_alert()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        for (int at = 5; at < 40; at++)
        {
            pair.Begin();
            pair.Handshake(1_000);
            byte[] wire = pair.Seal(TlsPair.Client, "a text of some length"u8.ToArray());
            if (at >= wire.Length) break;
            wire[at] ^= 0x40;
            (TlsProgress progress, byte[] plain) = pair.Open(TlsPair.Server, wire);
            Assert.Equal(TlsProgress.IsBroken, progress);
            Assert.Empty(plain);
            Assert.Equal(20, pair.Sessions[TlsPair.Server].AlertSent);
        }
    }

    [Fact]
    public void A_session_that_finds_no_buffer_breaks_and_is_counted()
    {
        using TestAuthority authority = new();
        using TlsPair pair = new(authority);
        pair.Handshake(1_000);
        pair.Receive(TlsPair.Server, pair.Seal(TlsPair.Client, "ping"u8.ToArray()));
        pair.WithoutBuffers(() =>
            Assert.Equal(TlsProgress.IsBroken, pair.Open(TlsPair.Server, default).Progress));
        Assert.Equal(1, pair.Counters.Read(Counter.LimitBuffers));

        pair.Begin();
        pair.WithoutBuffers(() =>
            Assert.Equal(TlsProgress.IsBroken, pair.Sessions.Handshake(TlsPair.Client)));
        Assert.Equal(2, pair.Counters.Read(Counter.LimitBuffers));
    }
}
