using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>OSSL_PARAM (openssl/core.h): a named value; a list ends with one without a name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenSslParameter
{
    /// <summary>OSSL_PARAM_UTF8_STRING.</summary>
    public const uint Utf8 = 4;

    /// <summary>OSSL_PARAM_OCTET_STRING.</summary>
    public const uint Octets = 5;

    public byte* Key;
    public uint Type;
    public void* Value;
    public nuint Bytes;
    public nuint BytesReturned;
}
