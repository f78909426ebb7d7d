namespace Serval.CommandLine;

/// <summary>
/// How verbs end, for scripts (docs/command-line.md). <c>serval vpp</c> has more of its own.
/// </summary>
internal static class ExitCodes
{
    /// <summary>Done; and where a question was asked, the answer is yes.</summary>
    public const int Done = 0;

    /// <summary>It failed, or the answer is no: files with errors, a request that nothing answers.</summary>
    public const int No = 1;

    /// <summary>The command line makes no sense, or names what is not there; nothing was done.</summary>
    public const int Usage = 2;
}
