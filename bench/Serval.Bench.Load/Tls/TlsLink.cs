using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tls;

/// <summary>TLS on one connection, over its own socket that does not block.</summary>
/// <remarks>Owner: a <see cref="Driving.Client"/>, which ends it before it closes the socket.</remarks>
internal sealed unsafe class TlsLink(nint ssl)
{
    /// <summary>What a read returns when nothing is there yet, as recv with EAGAIN.</summary>
    public const int Blocked = -1;

    /// <summary>What a read returns when the connection is broken.</summary>
    public const int Broken = -2;

    /// <summary>Whether the handshake was that of a session from before.</summary>
    public bool IsResumed => Ssl.IsResumed(ssl) == 1;

    /// <summary>Goes on with the handshake.</summary>
    public SendOutcome Handshake() => OutcomeOf(Ssl.Handshake(ssl));

    /// <summary>Seals and sends <paramref name="bytes"/>, all of them or none.</summary>
    public SendOutcome Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return OutcomeOf(Ssl.Write(ssl, from, bytes.Length));
        }
    }

    /// <summary>
    /// Opens what has come; 0 at the end that the proxy has announced, <see cref="Blocked"/> or
    /// <see cref="Broken"/>.
    /// </summary>
    public int Read(byte* into, int length)
    {
        int count = Ssl.Read(ssl, into, length);
        if (count > 0)
        {
            return count;
        }

        return Ssl.Error(ssl, count) switch
        {
            Ssl.ErrorWantRead or Ssl.ErrorWantWrite => Blocked,
            Ssl.ErrorZeroReturn => 0,
            _ => Broken,
        };
    }

    /// <summary>The newest session that the proxy has offered; 0 when there is none to resume.</summary>
    public nint TakeSession()
    {
        nint session = Ssl.TakeSession(ssl);
        if (session == 0 || Ssl.SessionIsResumable(session) == 1)
        {
            return session;
        }

        Ssl.SessionFree(session);
        return 0;
    }

    /// <summary>
    /// Ends it without a word. OpenSSL would throw away sessions of connections that were cut.
    /// </summary>
    public void End()
    {
        Ssl.SetShutdown(ssl, Ssl.ShutdownBoth);
        Ssl.Free(ssl);
        Ssl.ErrorClear();
    }

    private SendOutcome OutcomeOf(int result) => result > 0
        ? SendOutcome.Done
        : Ssl.Error(ssl, result) is Ssl.ErrorWantRead or Ssl.ErrorWantWrite
            ? SendOutcome.Blocked
            : SendOutcome.Failed;
}
