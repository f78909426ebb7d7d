namespace Serval.CommandLine;

/// <summary>How a line of the process log is written.</summary>
internal enum LineStyle
{
    /// <summary>Time, level, event, category, message.</summary>
    Plain,

    /// <summary>The same with colours.</summary>
    Coloured,

    /// <summary>For journald, which knows the time: priority, event, category, message.</summary>
    Journal,

    /// <summary>One JSON object.</summary>
    Json,
}
