using System.Globalization;

namespace Serval.VppBridge.Transports;

/// <summary>Reads from VPP's list of processes whether its start-up configuration has run. VPP runs it about
/// two seconds after its sockets accept, in a process of this name, which ends with it.</summary>
internal static class StartupText
{
    public const string Command = "show runtime";
    private const string Process = "startup-config-process";

    // After the name come a state, which releases word differently ("done", "not started), and then the
    // calls, vectors, suspends, clocks and vectors per call.
    private const int ColumnsAfterState = 5;

    /// <summary>A process that waits has suspended, and its first call is not over. Where it is not listed,
    /// its counters were cleared since.</summary>
    public static bool HasRun(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length <= ColumnsAfterState || words[0] != Process)
                continue;
            if (ulong.TryParse(
                words[^ColumnsAfterState], NumberStyles.None, CultureInfo.InvariantCulture, out ulong calls)
                && calls == 0)
                return false;
        }

        return true;
    }
}
