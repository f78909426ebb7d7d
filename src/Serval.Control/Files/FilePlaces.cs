using System.Globalization;

namespace Serval.Control.Files;

/// <summary>Places of fields in files, for the findings of one translation.</summary>
/// <remarks>Bound: <see cref="FilesMax"/> files are read again; the others tell the object's line.</remarks>
internal sealed class FilePlaces(FileSet files)
{
    private const int FilesMax = 64;
    private readonly Dictionary<string, string?> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// <c>file:line:column</c> of a field; the object's <c>file:line</c> where it is not found.
    /// </summary>
    public string Of(string field, string location)
    {
        int colon = location.LastIndexOf(':');
        string name = location[..colon];
        if (!_texts.TryGetValue(name, out string? text))
            _texts[name] = text = _texts.Count < FilesMax ? files.ReadAgain(name) : null;
        int line = int.Parse(
            location.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return text is not null && FieldPlaces.Find(text, line, field) is { } place
            ? $"{name}:{place}"
            : location;
    }
}
