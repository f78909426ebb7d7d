using System.CommandLine;
using Serval.CommandLine.Printing;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval man DIR</c>: writes the manual pages, a page for each verb, from the command tree.
/// </summary>
internal static class ManVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "Folder to write serval*.1 into" };
        Command verb = new("man", "Write manual pages into a folder") { folder };
        verb.SetAction(async parsed =>
        {
            string directory = parsed.GetValue(folder)!;
            try
            {
                Directory.CreateDirectory(directory);
                foreach ((string name, string text) in ManPage.All(Verbs.Root(["man"])))
                    await File.WriteAllTextAsync(Path.Join(directory, $"{name}.1"), text);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return await Complaints.SayAsync($"{directory}: {fault.Message}");
            }
            return ExitCodes.Done;
        });
        return verb;
    }
}
