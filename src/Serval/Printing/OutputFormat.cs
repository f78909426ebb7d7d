namespace Serval.CommandLine.Printing;

/// <summary>How a verb prints. The words mean the same in every verb.</summary>
internal enum OutputFormat
{
    /// <summary>For people; the words and columns may change.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>The same values as JSON, for people and programs.</summary>
    Yaml,
}
