namespace Serval.Control.Files;

/// <summary>
/// A document cannot be read. Thrown and caught inside <see cref="Files"/>; never leaves it.
/// </summary>
internal sealed class DocumentException(int line, string message) : Exception(message)
{
    /// <summary>Line in the file, from 1.</summary>
    public int Line { get; } = line;
}
