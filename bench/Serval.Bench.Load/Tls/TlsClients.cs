using System.Text;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tls;

/// <summary>
/// What all TLS connections of a run have in common: an SSL_CTX that offers one version, one cipher suite and
/// one group, so that every proxy does the same work. The certificate is not checked against an authority:
/// the bench has made it itself. Its signature is checked in every full handshake.
/// </summary>
/// <remarks>Owner: a <see cref="Driving.ClientPlan"/>. Lives as long as the process.</remarks>
internal sealed unsafe class TlsClients
{
    public const string Cipher = "TLS_AES_128_GCM_SHA256";
    public const string Group = "X25519";

    // Several records at once: the generator is not there to make system calls.
    private const int ReadBufferBytes = 128 * 1024;
    private static readonly byte[] Hostname = Encoding.ASCII.GetBytes(BenchHosts.Plain + "\0");

    private readonly nint _context;

    /// <param name="resumes">Whether connections offer the session of the connection before.</param>
    public TlsClients(bool resumes)
    {
        Resumes = resumes;
        _context = Ssl.ContextNew(Ssl.ClientMethod());
        _ = Ssl.ContextControl(_context, Ssl.ControlMode, Ssl.ModePatient, null);
        _ = Ssl.ContextControl(_context, Ssl.ControlReadAhead, 1, null);
        Ssl.ContextSetReadBuffer(_context, ReadBufferBytes);
        bool isSet = Ssl.ContextControl(_context, Ssl.ControlMinVersion, Ssl.Tls13, null) == 1;
        fixed (byte* cipher = Encoding.ASCII.GetBytes(Cipher + "\0"))
        fixed (byte* group = Encoding.ASCII.GetBytes(Group + "\0"))
        {
            isSet = isSet && Ssl.ContextSetCiphers(_context, cipher) == 1
                && Ssl.ContextControl(_context, Ssl.ControlGroups, 0, group) == 1;
        }

        if (!isSet)
        {
            throw new IOException($"OpenSSL does not take the client's settings: {Ssl.Reason()}");
        }
    }

    public bool Resumes { get; }

    /// <summary>The client's side of a connection; nothing is sent yet.</summary>
    /// <param name="descriptor">A socket that is connected and does not block.</param>
    /// <param name="session">What to resume; 0 for nothing.</param>
    public TlsLink Begin(int descriptor, nint session)
    {
        nint ssl = New();
        _ = Ssl.SetDescriptor(ssl, descriptor);
        if (session != 0)
        {
            _ = Ssl.SetSession(ssl, session);
        }

        return new TlsLink(ssl);
    }

    /// <summary>The first bytes of a connection: a ClientHello with the server name.</summary>
    public byte[] Hello()
    {
        const int enough = 4096;
        nint ssl = New();
        nint sent = Ssl.BioNew(Ssl.BioMemory());
        Ssl.SetBio(ssl, Ssl.BioNew(Ssl.BioMemory()), sent);
        _ = Ssl.Handshake(ssl);
        byte[] hello = new byte[enough];
        fixed (byte* bytes = hello)
        {
            int count = Ssl.BioRead(sent, bytes, enough);
            Ssl.Free(ssl);
            Ssl.ErrorClear();
            return hello[..count];
        }
    }

    private nint New()
    {
        const nint hostName = 0;
        nint ssl = Ssl.New(_context);
        Ssl.SetConnectState(ssl);
        fixed (byte* name = Hostname)
        {
            _ = Ssl.Control(ssl, Ssl.ControlHostname, hostName, name);
        }

        return ssl;
    }
}
