namespace Serval.DataPlane;

/// <summary>Which exchanges are written to the access log, and where.</summary>
/// <param name="Path">A file's path to append to; <c>-</c> for standard output.</param>
public sealed record AccessLogOptions(string Path)
{
    /// <summary>One of this many exchanges is written, drawn at random; 1 writes all.</summary>
    public int SampleEvery { get; init; } = 1;

    /// <summary>Exchanges with at least this status are always written; 0 leaves it to the sample.</summary>
    public int AlwaysFromStatus { get; init; }

    /// <summary>How lines are written.</summary>
    public AccessLogFormat Format { get; init; }

    /// <summary>What a JSON line says; of the combined format only whether the query is in it.</summary>
    public AccessFields Fields { get; init; } = AccessFields.Default;
}
