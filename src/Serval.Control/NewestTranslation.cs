namespace Serval.Control;

/// <summary>
/// Keeps publications in order: a reload and the watch read the files at the same time, and what was read
/// later must win whoever publishes first.
/// </summary>
/// <remarks>Owner: one publisher of translations. Thread: one at a time.</remarks>
public sealed class NewestTranslation
{
    private Translation? _newest;

    /// <summary>The translation itself, or the newer one that was chosen before.</summary>
    public Translation Choose(Translation translation) =>
        _newest = translation.Sequence < _newest?.Sequence ? _newest : translation;
}
