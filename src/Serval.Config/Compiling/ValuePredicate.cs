namespace Serval.Config.Compiling;

/// <summary>A predicate on a header or a query parameter. Blittable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The value, when <paramref name="Regex"/> is -1.</param>
/// <param name="Regex">Regular expression for the value; -1 means none.</param>
internal readonly record struct ValuePredicate(Slice Name, Slice Value, int Regex);
