using System.Runtime.InteropServices;

namespace Serval.Bench.Load.Tls;

/// <summary>What the generator asks of OpenSSL 3; see its manual pages.</summary>
internal static unsafe partial class Ssl
{
    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;
    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlHostname = 55;
    public const int ControlGroups = 92;
    public const int ControlMinVersion = 123;
    public const int Tls13 = 0x0304;

    /// <summary>SSL_MODE_ENABLE_PARTIAL_WRITE and SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER.</summary>
    public const int ModePatient = 3;

    /// <summary>SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN.</summary>
    public const int ShutdownBoth = 3;

    private const string Library = "libssl.so.3";
    private const string CryptoLibrary = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_ciphersuites")]
    public static partial int ContextSetCiphers(nint context, byte* names);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_default_read_buffer_len")]
    public static partial void ContextSetReadBuffer(nint context, nuint bytes);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_fd")]
    public static partial int SetDescriptor(nint ssl, int descriptor);

    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* into, int length);

    [LibraryImport(Library, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* from, int length);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    public static partial int Error(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_set_shutdown")]
    public static partial void SetShutdown(nint ssl, int mode);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    public static partial int IsResumed(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get1_session")]
    public static partial nint TakeSession(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_is_resumable")]
    public static partial int SessionIsResumable(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    public static partial void SessionFree(nint session);

    [LibraryImport(CryptoLibrary, EntryPoint = "ERR_get_error")]
    public static partial nuint ErrorTake();

    [LibraryImport(CryptoLibrary, EntryPoint = "ERR_clear_error")]
    public static partial void ErrorClear();

    [LibraryImport(CryptoLibrary, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ErrorReason(nuint code);

    [LibraryImport(CryptoLibrary, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(CryptoLibrary, EntryPoint = "BIO_s_mem")]
    public static partial nint BioMemory();

    [LibraryImport(CryptoLibrary, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, byte* into, int length);

    /// <summary>Why the last call of this thread failed.</summary>
    public static string Reason()
    {
        nuint code = ErrorTake();
        ErrorClear();
        return code == 0
            ? "no reason given"
            : Marshal.PtrToStringUTF8((nint)ErrorReason(code)) ?? $"{code:x}";
    }
}
