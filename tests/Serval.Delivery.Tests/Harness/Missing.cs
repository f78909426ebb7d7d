namespace Serval.Delivery.Tests.Harness;

/// <summary>Says what a test lacks on this machine.</summary>
internal static class Missing
{
    /// <summary>The name that stands for the folder of reference data among names of programs.</summary>
    public const string Shared = "shared";

    /// <summary>The name that stands for the published program among names of programs.</summary>
    public const string Published = "published";

    /// <summary>A reason to skip; null where everything is there.</summary>
    public static string? Of(IEnumerable<string> programs)
    {
        foreach (string program in programs)
        {
            if (program == Shared && Repository.Shared is null)
                return "there is no folder shared/schemas beside the repository or above it";
            if (program == Published && RunningRole.Missing is { } reason)
                return reason;
            if (program is not (Shared or Published) && Command.Find(program) is null)
                return $"{program} is not installed; scripts/install-test-tools.sh installs it";
        }
        return null;
    }
}
