namespace Serval.Config.Model;

/// <summary>A subject alternative name that a certificate may have.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">A lower-case hostname, exact or with a leading <c>*.</c>, or a URI.</param>
public sealed record SubjectName(SubjectNameKind Kind, string Value);
