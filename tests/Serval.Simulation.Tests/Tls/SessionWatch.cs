using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// Tells when OpenSSL frees a session: the last reference to it is gone. A session that leaks is invisible
/// otherwise.
/// </summary>
internal static unsafe partial class SessionWatch
{
    // CRYPTO_EX_INDEX_SSL_SESSION of crypto.h.
    private const int OfSessions = 2;
    private static readonly ConcurrentDictionary<nint, nint> Live = [];
    private static readonly int Index = NewIndex(OfSessions, 0, null, null, null, &OnFree);
    private static long _marks;

    /// <summary>Begins to watch an SSL_SESSION; the answer says whether it still lives.</summary>
    public static Func<bool> Watch(nint session)
    {
        nint mark = (nint)Interlocked.Increment(ref _marks);
        Live[mark] = session;
        Assert.Equal(1, SetData(session, Index, mark));
        return () => Live.ContainsKey(mark);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFree(nint parent, nint mark, nint data, int index, nint argument, nint pointer)
    {
        // A copy of a session has its mark too.
        if (Live.TryGetValue(mark, out nint session) && session == parent) _ = Live.TryRemove(mark, out _);
    }

    [LibraryImport(OpenSslLibrary.CryptoName, EntryPoint = "CRYPTO_get_ex_new_index")]
    private static partial int NewIndex(
        int kind, nint argument, void* pointer, void* onNew, void* onCopy,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, nint, nint, void> onFree);

    [LibraryImport(OpenSslLibrary.SslName, EntryPoint = "SSL_SESSION_set_ex_data")]
    private static partial int SetData(nint session, int index, nint mark);
}
