using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// The machine's OpenSSL. Nothing is loaded before somebody asks; what a version can do is probed where it is
/// used, because a machine may have 3.0 and the next one 3.5.
/// </summary>
internal static unsafe class OpenSslLibrary
{
    /// <summary>File name of libssl.</summary>
    public const string SslName = "libssl.so.3";

    /// <summary>File name of libcrypto.</summary>
    public const string CryptoName = "libcrypto.so.3";

    private static readonly Lazy<string?> Missing = new(Find);

    /// <summary>Why TLS cannot be spoken here, with the remedy; null when it can.</summary>
    public static string? Problem => Missing.Value;

    /// <summary>The version as OpenSSL states it, such as <c>OpenSSL 3.0.19 27 Jan 2026</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Crypto.Version(0)) ?? "OpenSSL";

    /// <summary>
    /// Why the last call of this thread failed, in OpenSSL's words. Empties the thread's queue of errors.
    /// </summary>
    public static string TakeError()
    {
        nuint code = Crypto.ErrorLast();
        Crypto.ErrorClear();
        return code == 0
            ? "no reason given"
            : Marshal.PtrToStringUTF8((nint)Crypto.ErrorReason(code)) ?? $"error {code:x}";
    }

    private static string? Find()
    {
        foreach (string name in (ReadOnlySpan<string>)[CryptoName, SslName])
        {
            if (!NativeLibrary.TryLoad(name, out _))
                return $"{name} cannot be loaded; install OpenSSL 3 (Debian: apt install libssl3).";
        }

        return null;
    }
}
