namespace Serval.Config.Compiling;

/// <summary>Hears nothing; the compiler removes the calls.</summary>
internal readonly struct NoTrace : IWalkTrace
{
    /// <inheritdoc/>
    public void Listener(int node)
    {
    }

    /// <inheritdoc/>
    public void Host(int node)
    {
    }

    /// <inheritdoc/>
    public void Tested(in PathBucket bucket, Candidate candidate, FailedPredicate failed)
    {
    }
}
