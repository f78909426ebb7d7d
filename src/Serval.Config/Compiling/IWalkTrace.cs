namespace Serval.Config.Compiling;

/// <summary>
/// Hears what a lookup does, for explanations. Implemented by <see cref="NoTrace"/>, which costs nothing, and
/// by
/// <see cref="ExplanationTrace"/>: there is one walk, so an explanation cannot disagree with it.
/// </summary>
internal interface IWalkTrace
{
    /// <summary>A listener was chosen by this node of its group.</summary>
    void Listener(int node);

    /// <summary>A hostname of the listener's routes is tried.</summary>
    void Host(int node);

    /// <summary>A candidate with the right host and path was tested.</summary>
    void Tested(in PathBucket bucket, Candidate candidate, FailedPredicate failed);
}
