namespace Serval.Control.Files;

/// <summary>What is known of one file from one reading to the next.</summary>
/// <remarks>Owner: one FileSet. Thread: one at a time.</remarks>
internal sealed class TrackedFile
{
    /// <summary>As it was listed when it was last read; null before.</summary>
    public SourceFile? Seen { get; set; }

    /// <summary>What counts of it; null before it was read.</summary>
    public FileEntry? Entry { get; set; }

    /// <summary>True when it could not be opened; that may end without any trace in its listing.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>
    /// Since when its content is not trusted, because it is empty or being written; null when it is.
    /// </summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>True when it has to be read though its listing is the same.</summary>
    public bool NeedsReading => IsUnreadable || WaitingSince is not null;
}
