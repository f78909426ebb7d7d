using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// A BIO of our own, through which OpenSSL reaches a <see cref="TlsWire"/>. OpenSSL's memory BIOs would copy
/// every byte once more. See decision 53.
/// </summary>
internal static unsafe class WireBio
{
    private static readonly Lazy<nint> Method = new(MakeMethod);

    /// <summary>Makes a BIO; <paramref name="wire"/> is a handle of the <see cref="TlsWire"/>.</summary>
    public static nint New(GCHandle wire)
    {
        nint bio = Crypto.BioNew(Method.Value);
        if (bio == 0) return 0;
        Crypto.BioSetData(bio, GCHandle.ToIntPtr(wire));
        Crypto.BioSetInit(bio, 1);
        return bio;
    }

    /// <summary>The wire behind an SSL, for callbacks that are given the SSL alone.</summary>
    public static TlsWire WireOf(nint ssl) => Wire(Ssl.ReadBio(ssl));

    private static nint MakeMethod()
    {
        nint method;
        fixed (byte* name = "serval wire\0"u8)
            method = Crypto.BioMethodNew(Crypto.BioNewIndex() | SslConstants.BioSourceSink, name);
        if (method == 0) throw new InvalidOperationException(OpenSslLibrary.TakeError());
        _ = Crypto.BioMethodSetRead(method, &Read);
        _ = Crypto.BioMethodSetWrite(method, &Write);
        _ = Crypto.BioMethodSetControl(method, &Control);
        return method;
    }

    // The handle is that of a TlsWire, which outlives every BIO: see New.
    private static TlsWire Wire(nint bio) =>
        Unsafe.As<TlsWire>(GCHandle.FromIntPtr(Crypto.BioData(bio)).Target!);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* into, int length)
    {
        Crypto.BioClearFlags(bio, SslConstants.BioFlagsAll);
        int read = length <= 0 ? 0 : Wire(bio).Read(into, length);
        if (read > 0) return read;
        // An end of the wire is no end of the plain bytes: close_notify is. See TlsSessions.Open.
        Crypto.BioSetFlags(bio, SslConstants.BioFlagRead | SslConstants.BioFlagRetry);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* from, int length)
    {
        Crypto.BioClearFlags(bio, SslConstants.BioFlagsAll);
        if (length <= 0) return 0;
        return Wire(bio).TryWrite(from, length) ? length : -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) =>
        command == SslConstants.BioControlFlush ? 1 : 0;
}
