using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>How OpenSSL itself reads a ClientHello: the oracle of our reader.</summary>
internal sealed unsafe partial class OpenSslHello : IDisposable
{
    private const int ServerNameCallback = 53;
    private const int Stop = 2;

    [ThreadStatic]
    private static string? _seen;

    private readonly nint _context = Ssl.ContextNew(Ssl.ServerMethod());

    public OpenSslHello()
    {
        delegate* unmanaged[Cdecl]<nint, int*, void*, int> callback = &OnName;
        _ = Ssl.ContextCallback(_context, ServerNameCallback, (nint)callback);
    }

    /// <summary>
    /// The server name that OpenSSL takes from these bytes, empty for none; null when it does not get as far.
    /// </summary>
    public string? Read(ReadOnlySpan<byte> wire)
    {
        _seen = null;
        nint ssl = Ssl.New(_context);
        fixed (byte* bytes = wire)
        {
            Ssl.SetBio(ssl, Crypto.BioOver(bytes, wire.Length), Crypto.BioNew(Crypto.BioMemory()));
            Ssl.SetAcceptState(ssl);
            _ = Ssl.Handshake(ssl);
            Ssl.Free(ssl);
        }

        Crypto.ErrorClear();
        return _seen;
    }

    public void Dispose() => Ssl.ContextFree(_context);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnName(nint ssl, int* alert, void* argument)
    {
        byte* name = ServerName(ssl, 0);
        _seen = name == null
            ? "" : Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        return Stop;
    }

    [LibraryImport(OpenSslLibrary.SslName, EntryPoint = "SSL_get_servername")]
    private static partial byte* ServerName(nint ssl, int kind);
}
