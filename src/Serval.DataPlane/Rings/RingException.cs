namespace Serval.DataPlane.Rings;

/// <summary>The kernel refused to set a ring up; the message names what is missing and the remedy.</summary>
public sealed class RingException : Exception
{
    /// <summary>An empty refusal.</summary>
    public RingException()
    {
    }

    /// <summary>A refusal with its reason and remedy.</summary>
    public RingException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal caused by another failure.</summary>
    public RingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
