namespace Serval.CommandLine.Printing;

/// <summary>How a verb prints.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>Statuses as Kubernetes shows them, findings as comments.</summary>
    Yaml,

    /// <summary>For programs.</summary>
    Json,
}
