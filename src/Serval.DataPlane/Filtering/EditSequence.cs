using System.Text;
using Serval.Config.Compiling;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// The header edits of a rule and then of a backend, applied one after the other without a list of headers in
/// between: a line survives unless an edit removes or sets its name, and what an edit writes survives unless
/// a later one does. Fields that route, frame or belong to a hop are out of reach.
/// </summary>
internal readonly ref struct EditSequence
{
    private readonly CompiledSnapshot _snapshot;
    private readonly ReadOnlySpan<CompiledEdit> _rule;
    private readonly ReadOnlySpan<CompiledEdit> _backend;
    private readonly bool _isCors;

    /// <param name="snapshot">Of the edits.</param>
    /// <param name="rule">Edits of the rule.</param>
    /// <param name="backend">Edits of the backend.</param>
    /// <param name="isCors">Whether a CORS policy writes the fields of CORS: then nothing else does.</param>
    public EditSequence(CompiledSnapshot snapshot, Slice rule, Slice backend, bool isCors = false)
    {
        _isCors = isCors;
        _snapshot = snapshot;
        _rule = rule.Count == 0 ? default : snapshot.Edits(rule);
        _backend = backend.Count == 0 ? default : snapshot.Edits(backend);
    }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _rule.IsEmpty && _backend.IsEmpty && !_isCors;

    /// <summary>Whether a line of this name survives.</summary>
    public bool Keeps(ReadOnlySpan<byte> name) =>
        IsEmpty || !((_isCors && CorsFields.IsOne(name)) || IsReplaced(name, 0));

    /// <summary>Writes the lines that the edits make.</summary>
    public void Write<TEncoder>(ref TEncoder encoder)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        int count = _rule.Length + _backend.Length;
        for (int i = 0; i < count; i++)
        {
            CompiledEdit edit = At(i);
            if (edit.Kind == EditKind.Remove)
                continue;
            ReadOnlySpan<byte> name = _snapshot.Bytes(edit.Name);
            if (IsProtected(name) || (_isCors && CorsFields.IsOne(name)) || IsReplaced(name, i + 1))
                continue;
            encoder.Field(name, _snapshot.Bytes(edit.Value));
        }
    }

    private bool IsReplaced(ReadOnlySpan<byte> name, int from)
    {
        for (int i = from; i < _rule.Length + _backend.Length; i++)
        {
            CompiledEdit edit = At(i);
            if (edit.Kind != EditKind.Add && edit.Name.Count == name.Length
                && Ascii.EqualsIgnoreCase(_snapshot.Bytes(edit.Name), name) && !IsProtected(name))
                return true;
        }

        return false;
    }

    private CompiledEdit At(int index) =>
        index < _rule.Length ? _rule[index] : _backend[index - _rule.Length];

    private static bool IsProtected(ReadOnlySpan<byte> name) =>
        KnownHeaders.IsProtectedFromEdits(KnownHeaders.Identify(name));
}
