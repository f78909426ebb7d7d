namespace Serval.Control.Files;

/// <summary>A file to read.</summary>
/// <param name="Name">As findings call it: relative to PATH, with '/'.</param>
/// <param name="FullPath">Where to open it.</param>
/// <param name="RealPath">Where it really is, links followed; a swapped link changes it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ModifiedTicks">Time of the last write.</param>
internal sealed record SourceFile(
    string Name, string FullPath, string RealPath, long Length, long ModifiedTicks);
