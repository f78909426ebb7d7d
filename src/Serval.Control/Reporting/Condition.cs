namespace Serval.Control.Reporting;

/// <summary>One condition of a status; the time of its last change is added by whoever writes it.</summary>
/// <param name="Type">Such as <c>Accepted</c>.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">A word of the Gateway API.</param>
/// <param name="Message">For people.</param>
/// <param name="ObservedGeneration">Generation of the object that was judged.</param>
public sealed record Condition(
    string Type, ConditionStatus Status, string Reason, string Message, long ObservedGeneration);
