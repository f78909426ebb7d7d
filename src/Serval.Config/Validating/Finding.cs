namespace Serval.Config.Validating;

/// <summary>A problem, or a decision worth knowing, about one object.</summary>
/// <param name="Severity">Whether the object is refused.</param>
/// <param name="Subject">Kind and name of the object, e.g. <c>HTTPRoute shop/cart</c>, or a file
/// name.</param>
/// <param name="Field">Path of the field inside the object, e.g. <c>spec.rules[0].filters[1]</c>; empty for
/// the whole.</param>
/// <param name="Reason">Short stable word for machines, e.g. <c>UnsupportedValue</c>.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record Finding(Severity Severity, string Subject, string Field, string Reason, string Message)
{
    /// <summary>One line for logs, which have the severity already.</summary>
    public string ToLogText() => $"{Subject}{(Field.Length == 0 ? "" : $" {Field}")}: {Message} ({Reason})";

    /// <summary>One line for terminals.</summary>
    public override string ToString() => $"{Severity.ToString().ToLowerInvariant()}: {ToLogText()}";
}
