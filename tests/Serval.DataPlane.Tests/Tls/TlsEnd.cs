using System.Runtime.InteropServices;
using System.Text;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>
/// One end of TLS in memory: OpenSSL between plain bytes and sealed ones, over memory BIOs, with none of
/// Serval's own code. Its keys and signatures come from OpenSSL's randomness, which no seed governs: lengths
/// differ by a byte or two from run to run, and nothing may depend on them.
/// </summary>
internal sealed unsafe partial class TlsEnd : IDisposable
{
    private readonly nint _ssl;
    private readonly nint _in;
    private readonly nint _out;
    private readonly byte[] _scratch = new byte[32_768];
    private readonly List<byte> _opened = [];
    private readonly List<byte> _early = [];

    /// <param name="context">What it has in common with others.</param>
    /// <param name="serverName">The name to ask for; null for a server.</param>
    public TlsEnd(EndSecurity context, string? serverName)
    {
        const nint hostName = 0;
        _ssl = Ssl.New(context.Handle);
        _in = Crypto.BioNew(Crypto.BioMemory());
        _out = Crypto.BioNew(Crypto.BioMemory());
        Ssl.SetBio(_ssl, _in, _out);
        if (serverName is null)
        {
            Ssl.SetAcceptState(_ssl);
            return;
        }

        Ssl.SetConnectState(_ssl);
        fixed (byte* name = Encoding.ASCII.GetBytes(serverName + "\0"))
        {
            Assert.Equal(1, Ssl.Control(_ssl, SslConstants.ControlHostname, hostName, name));
            Assert.Equal(1, Ssl.SetHost(_ssl, name));
        }
    }

    public bool IsEstablished { get; private set; }

    /// <summary>The peer has said that nothing more comes (close_notify).</summary>
    public bool IsEnded { get; private set; }

    /// <summary>It has broken; nothing can be sent or received any more.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>The last alert of the peer but close_notify; -1 for none.</summary>
    public int AlertReceived => EndSecurity.AlertReceivedBy(_ssl);

    /// <summary>The last alert that it has sent itself but close_notify; -1 for none.</summary>
    public int AlertSent => EndSecurity.AlertSentBy(_ssl);

    /// <summary>OpenSSL's SSL.</summary>
    public nint Handle => _ssl;

    /// <summary>Takes sealed bytes; fewer than a record are kept.</summary>
    public void Feed(ReadOnlySpan<byte> wire)
    {
        fixed (byte* bytes = wire)
        {
            if (wire.Length > 0) Assert.Equal(wire.Length, BioWrite(_in, bytes, wire.Length));
        }

        Advance();
    }

    /// <summary>Seals bytes, once the handshake is complete.</summary>
    public void Write(ReadOnlySpan<byte> plain)
    {
        _early.AddRange(plain);
        Advance();
    }

    /// <summary>Says that nothing more comes.</summary>
    public void Notify()
    {
        if (IsEstablished && !IsFailed) _ = Ssl.Shutdown(_ssl);
        Crypto.ErrorClear();
    }

    /// <summary>The first message of a client.</summary>
    public byte[] TakeHello()
    {
        Feed([]);
        return TakeWire();
    }

    /// <summary>Takes the sealed bytes for the peer.</summary>
    public byte[] TakeWire()
    {
        List<byte> wire = [];
        fixed (byte* scratch = _scratch)
        {
            int count;
            while ((count = Crypto.BioRead(_out, scratch, _scratch.Length)) > 0)
                wire.AddRange(_scratch.AsSpan(0, count));
        }

        Crypto.ErrorClear();
        return [.. wire];
    }

    /// <summary>Takes the bytes that were opened.</summary>
    public byte[] TakePlain()
    {
        byte[] plain = [.. _opened];
        _opened.Clear();
        return plain;
    }

    /// <summary>Asks for a new handshake on a connection of TLS 1.2.</summary>
    public void Renegotiate()
    {
        Assert.Equal(1, SslRenegotiate(_ssl));
        _ = Step(Ssl.Handshake(_ssl));
    }

    /// <summary>Changes its keys on a connection of TLS 1.3, with the next bytes that it writes.</summary>
    public void UpdateKeys()
    {
        const int withoutAnswer = 0;
        Assert.Equal(1, SslKeyUpdate(_ssl, withoutAnswer));
        _ = Step(Ssl.Handshake(_ssl));
    }

    public void Dispose()
    {
        EndSecurity.Forget(_ssl);
        Ssl.Free(_ssl);
    }

    // Its thread is the worker's too, and so is OpenSSL's queue of errors: it is left empty.
    private void Advance()
    {
        if (IsFailed) return;
        if (!IsEstablished) IsEstablished = Step(Ssl.Handshake(_ssl));
        if (IsEstablished && _early.Count > 0)
        {
            byte[] plain = [.. _early];
            _early.Clear();
            fixed (byte* bytes = plain)
                for (int at = 0; at < plain.Length && !IsFailed; at += 16_384)
                    _ = Step(Ssl.Write(_ssl, bytes + at, Math.Min(16_384, plain.Length - at)));
        }

        while (IsEstablished && !IsFailed && !IsEnded)
        {
            int read;
            fixed (byte* scratch = _scratch) read = Ssl.Read(_ssl, scratch, _scratch.Length);
            if (!Step(read)) break;
            _opened.AddRange(_scratch.AsSpan(0, read));
        }

        Crypto.ErrorClear();
    }

    private bool Step(int result)
    {
        if (result > 0) return true;
        int error = Ssl.Error(_ssl, result);
        if (error == SslConstants.ErrorZeroReturn)
        {
            IsEnded = true;
        }
        else if (error != SslConstants.ErrorWantRead)
        {
            IsFailed = true;
        }

        Crypto.ErrorClear();
        return false;
    }

    [LibraryImport(OpenSslLibrary.SslName, EntryPoint = "SSL_renegotiate")]
    private static partial int SslRenegotiate(nint ssl);

    [LibraryImport(OpenSslLibrary.SslName, EntryPoint = "SSL_key_update")]
    private static partial int SslKeyUpdate(nint ssl, int kind);

    [LibraryImport(OpenSslLibrary.CryptoName, EntryPoint = "BIO_write")]
    private static partial int BioWrite(nint bio, byte* bytes, int length);
}
