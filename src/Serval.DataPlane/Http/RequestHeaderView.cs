using Serval.Config.Compiling;

namespace Serval.DataPlane.Http;

/// <summary>
/// A parsed head as route matching sees it. Lines that matching must not see keep their place and have an
/// empty name: those with an underscore and those that only a trusted proxy may set.
/// </summary>
internal readonly ref struct RequestHeaderView(RequestFields head, ReadOnlySpan<byte> input) : IRequestHeaders
{
    private readonly ReadOnlySpan<HeaderField> _fields = head.Fields;
    private readonly ReadOnlySpan<byte> _input = input;

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Name(int index)
    {
        ref readonly HeaderField field = ref _fields[index];
        return field.IsMatchable ? field.Name(_input) : default;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value(int index) => _fields[index].Value(_input);
}
