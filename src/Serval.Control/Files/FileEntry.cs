using System.Collections.Immutable;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>What counts of a file: its objects, or the last good ones while it is broken.</summary>
internal sealed record FileEntry(
    string ContentHash, ImmutableArray<LoadedObject> Objects, ImmutableArray<Finding> Findings)
{
    /// <summary>Objects that the file names, refuses, and has no last good version of.</summary>
    public ImmutableArray<ObjectKey> Refused { get; init; } = [];

    /// <summary>A file that was emptied a moment ago: what it held still counts.</summary>
    public static FileEntry Emptied(string name, FileEntry held) => held with
    {
        ContentHash = "emptied",
        Findings =
        [
            new Finding(Severity.Error, name, "", Reason.LastGoodKept,
                $"The file is empty. Its objects stay in use; if it is still empty after "
                + $"{Limits.EmptyFileMs / 1000} seconds, they are removed."),
        ],
    };

    /// <summary>
    /// Joins a new version of a file with what counted before. A part that cannot be read could have held
    /// anything, so the whole last good file stays; an object that is refused is replaced by its own last
    /// good version.
    /// </summary>
    public static FileEntry Join(string name, string contentHash, ParsedFile parsed, FileEntry? previous)
    {
        if (previous is null || previous.Objects.IsEmpty)
        {
            return new FileEntry(contentHash, parsed.Objects, parsed.Findings) { Refused = parsed.Refused };
        }

        if (!parsed.IsReadable)
        {
            Finding kept = new(Severity.Warning, name, "", Reason.LastGoodKept,
                "The last good version of this file stays in use until it can be read again.");
            return new FileEntry(contentHash, previous.Objects, parsed.Findings.Add(kept));
        }

        HashSet<ObjectKey> refused = [.. parsed.Refused];
        refused.ExceptWith(parsed.Objects.Select(loaded => loaded.Resource.Key));
        LoadedObject[] lastGood = [.. previous.Objects.Where(last => refused.Contains(last.Resource.Key))];
        return new FileEntry(
            contentHash,
            [.. parsed.Objects, .. lastGood],
            [
                .. parsed.Findings,
                .. lastGood.Select(loaded => new Finding(
                    Severity.Warning, loaded.Resource.Key.ToString(), "", Reason.LastGoodKept,
                    "The last good version of this object stays in use until the new one is repaired.")),
            ])
        {
            Refused = [.. refused.Except(lastGood.Select(loaded => loaded.Resource.Key))],
        };
    }
}
