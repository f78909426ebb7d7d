using System.Text;
using Serval.Config.Compiling;

namespace Serval.DataPlane.Admin;

/// <summary>The headers of an explained request as matching sees them.</summary>
internal readonly struct ExplainHeaders : IRequestHeaders
{
    private readonly List<(byte[] Name, byte[] Value)> _lines = [];

    /// <summary>Takes the headers, Host first.</summary>
    public ExplainHeaders(ExplainRequest request)
    {
        Add("Host", request.Host);
        foreach (Config.Model.HeaderValue header in request.Headers)
            Add(header.Name, header.Value);
    }

    /// <inheritdoc/>
    public int Count => _lines.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Name(int index) => _lines[index].Name;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value(int index) => _lines[index].Value;

    private void Add(string name, string value) =>
        _lines.Add((Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)));
}
