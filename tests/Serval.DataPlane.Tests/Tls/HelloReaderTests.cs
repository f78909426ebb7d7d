using System.Text;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>Our reader of ClientHellos, beside OpenSSL's.</summary>
public sealed class HelloReaderTests : IDisposable
{
    private const int Mutations = 200_000;
    private const int HeaderBytes = 5;
    private readonly BufferPool _buffers = new(64, 64);
    private readonly SegmentPool _segments;
    private readonly HelloReader _reader;
    private readonly byte[] _hello;

    public HelloReaderTests()
    {
        _segments = new SegmentPool(_buffers, 1_024);
        _reader = new HelloReader(_buffers, _segments);
        using TestAuthority authority = new();
        using TlsPair pair = new(authority, isTls13Only: false);
        pair.Sessions.Handshake(TlsPair.Client);
        _hello = pair.TakeWire(TlsPair.Client);
    }

    public void Dispose()
    {
        _segments.Dispose();
        _buffers.Dispose();
    }

    [Fact]
    public void A_hello_is_read_once_it_is_whole_however_it_is_cut()
    {
        for (int cut = 0; cut < _hello.Length; cut++)
        {
            Assert.Equal(HelloStatus.Incomplete, Read(_hello.AsSpan(0, cut), []));
            Assert.Equal(HelloStatus.Complete, Read(_hello.AsSpan(0, cut), _hello.AsSpan(cut)));
            Assert.Equal("server.example", Encoding.ASCII.GetString(_reader.ServerName));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void A_hello_in_many_records_is_read_like_one(int fragmentBytes)
    {
        Assert.Equal(HelloStatus.Complete, Read(Fragment(_hello, fragmentBytes), []));
        Assert.Equal("server.example", Encoding.ASCII.GetString(_reader.ServerName));
    }

    [Fact]
    public void A_hello_that_is_longer_than_allowed_is_refused_before_it_has_come()
    {
        const int tooLong = Limits.ClientHelloBytesMax + 1;
        byte[] start = [22, 3, 1, 0x40, 0, 1, 0, tooLong >> 8, tooLong & 0xff];
        Assert.Equal(HelloStatus.Rejected, Read(start, []));
        Assert.Equal(TlsAlert.IllegalParameter, _reader.Alert);
        byte[] longest = [22, 3, 1, 0x40, 0, 1, 0, (tooLong - 1) >> 8, (tooLong - 1) & 0xff];
        Assert.Equal(HelloStatus.Incomplete, Read(longest, []));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", TlsAlert.UnexpectedMessage)]
    [InlineData("\u0016\u0002", TlsAlert.ProtocolVersion)]
    [InlineData("\u0016\u0003\u0001\0\0", TlsAlert.UnexpectedMessage)]
    [InlineData("\u0016\u0003\u0001\u0041\0", TlsAlert.RecordOverflow)]
    [InlineData("\u0016\u0003\u0001\0\u0004\u0002", TlsAlert.UnexpectedMessage)]
    public void What_is_no_hello_is_refused_at_the_first_byte_that_tells(string text, object alert)
    {
        Assert.Equal(HelloStatus.Rejected, Read(Encoding.Latin1.GetBytes(text), []));
        Assert.Equal((TlsAlert)alert, _reader.Alert);
    }

    [Theory]
    [InlineData(true, "acme-tls/1")]
    [InlineData(false, "acme-tls/1", "http/1.1")]
    [InlineData(false, "http/1.1", "acme-tls/1")]
    [InlineData(false, "acme-tls/1", "acme-tls/1")]
    [InlineData(false, "ACME-TLS/1")]
    [InlineData(false, "acme-tls/12")]
    [InlineData(false, "http/1.1")]
    public void A_hello_is_of_a_challenge_if_it_offers_that_protocol_and_no_other(
        bool isChallenge, params string[] protocols)
    {
        Assert.Equal(HelloStatus.Complete, Read(WithProtocols(protocols), []));
        Assert.Equal(isChallenge, _reader.IsChallenge);
        Assert.Equal(HelloStatus.Complete, Read(_hello, []));
        Assert.False(_reader.IsChallenge);
    }

    [Fact]
    public void No_mutation_makes_OpenSSL_see_another_name_than_we_do()
    {
        using OpenSslHello oracle = new();
        int seed = Environment.TickCount;
        Random random = new(seed);
        int named = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] wire = Mutate(random);
            HelloStatus status = Read(wire, []);
            string? theirs = oracle.Read(wire);
            if (theirs is null) continue;
            named++;
            string ours = Encoding.Latin1.GetString(_reader.ServerName);
            string wanted = Lower(theirs);
            if (wanted.Length > 1 && wanted[^1] == '.') wanted = wanted[..^1];
            Assert.True(
                status == HelloStatus.Complete && ours == wanted,
                $"seed {seed}, round {i}: {status} {ours} is not {wanted}: {Convert.ToHexString(wire)}");
        }

        // Most mutations leave a hello that OpenSSL reads.
        Assert.True(named > Mutations / 10, $"{named} of {Mutations}");
    }

    // A hello with a cipher, and ALPN as its one extension.
    private static byte[] WithProtocols(string[] protocols)
    {
        byte[] list =
        [
            .. protocols.SelectMany(name => Encoding.ASCII.GetBytes(name).Prepend((byte)name.Length)),
        ];
        byte[] extension = [0, 16, 0, (byte)(list.Length + 2), 0, (byte)list.Length, .. list];
        byte[] body =
        [
            3, 3, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0, 0, (byte)extension.Length, .. extension,
        ];
        return [22, 3, 1, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
    }

    private static string Lower(string name) =>
        string.Create(name.Length, name, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = text[i] is >= 'A' and <= 'Z' ? (char)(text[i] | 0x20) : text[i];
        });

    private byte[] Mutate(Random random)
    {
        List<byte> message = [.. _hello[HeaderBytes..]];
        int changes = random.Next(4);
        // Half of the changes hit the extension with the name.
        int name = _hello.AsSpan(HeaderBytes).IndexOf("server.example"u8);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(2) == 0 ? name - 10 + random.Next(30) : random.Next(message.Count);
            at = Math.Clamp(at, 0, message.Count - 1);
            switch (random.Next(5))
            {
                case 0:
                    message[at] = (byte)random.Next(256);
                    break;
                case 1:
                    message[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    message.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    message.RemoveAt(at);
                    break;
                default:
                    int length = Math.Min(random.Next(1, 40), message.Count - at);
                    message.InsertRange(at, message.GetRange(at, length));
                    break;
            }
        }

        // Most lengths are put right again, so that the inside is looked at.
        if (random.Next(4) > 0 && message.Count > 4)
        {
            int length = message.Count - 4;
            (message[1], message[2], message[3]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length);
        }

        byte[] record = [22, 3, 1, (byte)(message.Count >> 8), (byte)message.Count, .. message];
        return random.Next(3) == 0 ? Fragment(record, random.Next(1, message.Count + 1)) : record;
    }

    private static byte[] Fragment(byte[] record, int fragmentBytes)
    {
        List<byte> wire = [];
        for (int at = HeaderBytes; at < record.Length; at += fragmentBytes)
        {
            int length = Math.Min(fragmentBytes, record.Length - at);
            wire.AddRange([22, 3, 1, (byte)(length >> 8), (byte)length]);
            wire.AddRange(record.AsSpan(at, length));
        }

        return [.. wire];
    }

    private HelloStatus Read(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        SegmentQueue queue = default;
        Append(ref queue, first);
        Append(ref queue, second);
        HelloStatus status = _reader.Read(in queue);
        _segments.Clear(ref queue);
        return status;
    }

    // Each in a buffer of its own.
    private void Append(ref SegmentQueue queue, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Assert.True(_buffers.TryLease(out int buffer));
        bytes.CopyTo(_buffers.Span(buffer, 0, bytes.Length));
        _segments.Append(ref queue, buffer, 0, bytes.Length);
    }
}
