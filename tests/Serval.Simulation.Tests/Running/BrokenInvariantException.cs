namespace Serval.Simulation.Tests.Running;

/// <summary>An invariant of the worker's does not hold; in production the process would stop.</summary>
public sealed class BrokenInvariantException : Exception
{
    public BrokenInvariantException()
    {
    }

    public BrokenInvariantException(string message)
        : base(message)
    {
    }

    public BrokenInvariantException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
