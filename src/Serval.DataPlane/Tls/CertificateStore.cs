using Serval.Config.Secrets;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// The key pairs that the router holds, by name and digest. Several digests of a name may be held while
/// snapshots that use them live.
/// Owner: the router. Thread: any, under its lock. Bound: what the caller puts; it forgets what no snapshot
/// names.
/// </summary>
internal sealed class CertificateStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string Digest), HeldKeyPair> _held = [];
    private long _changes;

    /// <summary>Takes a pair; null, or why it cannot be used. One that was held is replaced.</summary>
    /// <param name="keys">Copied; the caller wipes it afterwards.</param>
    public string? Put(KeyPair keys)
    {
        if (OpenSslLibrary.Problem is { } problem) return problem;
        HeldKeyPair? pair = HeldKeyPair.TryRead(
            keys.ChainPem, keys.PrivateKeyPem, keys.OcspDer, out string? error);
        if (pair is null) return error;
        lock (_lock)
        {
            if (_held.TryGetValue((keys.Name, keys.Digest), out HeldKeyPair? before)) before.Dispose();
            _held[(keys.Name, keys.Digest)] = pair;
            Volatile.Write(ref _changes, _changes + 1);
        }

        return null;
    }

    /// <summary>How often what is held has changed.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Whether a pair is held.</summary>
    public bool Holds(string name, string digest)
    {
        lock (_lock) return _held.ContainsKey((name, digest));
    }

    /// <summary>
    /// Forgets the pairs that snapshots have named and no longer do, and those that none has named for long.
    /// Their keys are wiped once no context has them.
    /// </summary>
    /// <param name="isNamed">Whether a snapshot names a pair, by name and digest.</param>
    /// <param name="nowMs">Any clock that goes on, milliseconds.</param>
    public void Forget(Func<string, string, bool> isNamed, long nowMs)
    {
        lock (_lock)
        {
            if (_held.Count == 0) return;
            List<(string Name, string Digest)> unneeded = [];
            foreach ((string Name, string Digest) key in _held.Keys)
            {
                if (_held[key].IsUnneeded(isNamed(key.Name, key.Digest), nowMs)) unneeded.Add(key);
            }

            foreach ((string Name, string Digest) key in unneeded)
            {
                _held[key].Dispose();
                _ = _held.Remove(key);
            }
        }
    }

    /// <summary>Does something with pairs while none of them can be forgotten.</summary>
    public T Use<T>(Func<Func<string, string, HeldKeyPair?>, T> action)
    {
        lock (_lock) return action((name, digest) => _held.GetValueOrDefault((name, digest)));
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (HeldKeyPair pair in _held.Values) pair.Dispose();
            _held.Clear();
        }
    }
}
