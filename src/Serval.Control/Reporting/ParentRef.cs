namespace Serval.Control.Reporting;

/// <summary>A parent as the route names it.</summary>
public sealed record ParentRef(
    string Group, string Kind, string? Namespace, string Name, string? SectionName, int? Port);
