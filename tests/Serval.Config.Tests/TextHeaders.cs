using System.Text;
using Serval.Config.Compiling;

namespace Serval.Config.Tests;

/// <summary>Headers from text.</summary>
internal readonly struct TextHeaders : IRequestHeaders
{
    private readonly (byte[] Name, byte[] Value)[] _lines;

    public TextHeaders((string Name, string Value)[] lines) => _lines =
        [.. lines.Select(l => (Encoding.Latin1.GetBytes(l.Name), Encoding.Latin1.GetBytes(l.Value)))];

    public int Count => _lines.Length;

    public ReadOnlySpan<byte> Name(int index) => _lines[index].Name;

    public ReadOnlySpan<byte> Value(int index) => _lines[index].Value;
}
