using System.Runtime.CompilerServices;
using Serval.Config.Compiling;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// The names that header filters set, add or remove: a trailer of one of them does not pass, because a
/// trailer must not say what the filter decides. Holds hashes instead of the snapshot, which a long body
/// would pin. Blittable; <c>default</c> lets everything pass. Bound: <see cref="Limits.TrailerNames"/>; with
/// more names no trailer passes.
/// </summary>
internal struct TrailerFilter
{
    private Hashes _hashes;
    private int _count;

    /// <summary>For the edits of a rule and of its backend.</summary>
    public static TrailerFilter For(CompiledSnapshot snapshot, Slice rule, Slice backend)
    {
        TrailerFilter filter = default;
        filter.Add(snapshot, rule);
        filter.Add(snapshot, backend);
        return filter;
    }

    /// <summary>Keeps one more name from passing; an empty one is none.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        Span<uint> hashes = _hashes;
        uint hash = Hash(name);
        if (name.IsEmpty || _count > Limits.TrailerNames || hashes[.._count].Contains(hash)) return;
        if (_count < Limits.TrailerNames) hashes[_count] = hash;
        _count++;
    }

    /// <summary>Marks those that do not pass as dropped.</summary>
    public readonly void Apply(Trailers trailers)
    {
        if (_count == 0) return;
        foreach (ref HeaderField field in trailers.Fields)
        {
            if (!Passes(field.Name(trailers.Text))) field.Use = HeaderUse.HopByHop;
        }
    }

    /// <summary>
    /// Whether a trailer of this name goes on. Two names with one hash are treated alike, so that one trailer
    /// in billions is dropped without need, and none passes that should not.
    /// </summary>
    public readonly bool Passes(ReadOnlySpan<byte> name)
    {
        if (_count > Limits.TrailerNames)
            return false;
        ReadOnlySpan<uint> hashes = _hashes;
        return !hashes[.._count].Contains(Hash(name));
    }

    private void Add(CompiledSnapshot snapshot, Slice edits)
    {
        if (edits.Count == 0)
            return;
        foreach (ref readonly CompiledEdit edit in snapshot.Edits(edits)) Add(snapshot.Bytes(edit.Name));
    }

    // FNV-1a over the name without case.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 2_166_136_261;
        foreach (byte octet in name)
            hash = (hash ^ (octet is >= (byte)'A' and <= (byte)'Z' ? octet | 0x20u : octet)) * 16_777_619;
        return hash;
    }

    [InlineArray(Limits.TrailerNames)]
    private struct Hashes
    {
        private uint _first;
    }
}
