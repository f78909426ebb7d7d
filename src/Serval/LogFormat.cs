namespace Serval.CommandLine;

/// <summary>In which form the process logs.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people; for journald, when it reads them.</summary>
    Text,

    /// <summary>One JSON object for each line.</summary>
    Json,
}
