namespace Serval.Control.Resolving;

/// <summary>A decision with its reason; becomes a condition.</summary>
internal sealed record Verdict(bool IsTrue, string Reason, string Message)
{
    public static Verdict Yes(string reason, string message) => new(true, reason, message);

    public static Verdict No(string reason, string message) => new(false, reason, message);
}
