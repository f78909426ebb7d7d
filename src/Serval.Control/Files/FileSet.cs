using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>The files below PATH and the objects that count of each.</summary>
/// <remarks>
/// Owner: one FileProvider. Thread: one at a time, under its lock. Bound: <see cref="Limits.FilesMax"/>.
/// </remarks>
internal sealed class FileSet(string root, TimeProvider time)
{
    private readonly SortedDictionary<string, TrackedFile> _files = new(StringComparer.Ordinal);
    private ImmutableArray<Finding> _listingFindings = [];

    /// <summary>True when a file must be looked at again though nothing may tell that it changed.</summary>
    public bool NeedsReading => _files.Values.Any(file => file.NeedsReading);

    /// <summary>Objects that are refused, so that nothing of them counts.</summary>
    public IEnumerable<ObjectKey> Refused =>
        _files.Values.SelectMany(file => file.Entry?.Refused ?? []);

    /// <summary>True when there is a file that is read at all.</summary>
    public bool HasAny => _files.Count > 0;

    /// <summary>
    /// The text of a file whose objects count as it is now; null where it has changed since, or cannot be
    /// read.
    /// </summary>
    public string? ReadAgain(string name)
    {
        if (!_files.TryGetValue(name, out TrackedFile? file) || file.Seen is null || file.Entry is null)
            return null;
        byte[]? bytes = FileContent.Read(file.Seen.FullPath).Bytes;
        return bytes is not null && Convert.ToHexString(SHA256.HashData(bytes)) == file.Entry.ContentHash
            ? Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF')
            : null;
    }

    /// <summary>True when a file is empty or being written, so that it should be looked at soon.</summary>
    public bool IsWaiting => _files.Values.Any(file => file.WaitingSince is not null);

    /// <summary>Reads what changed since last time; false when everything still says the same.</summary>
    /// <param name="listing">The files as they are now.</param>
    /// <param name="isCertain">True to read also those whose listing is the same: two writes within one tick
    /// of the file system's clock look alike.</param>
    public bool Update(FileListing listing, bool isCertain)
    {
        ImmutableArray<Finding> findings = listing.Findings;
        if (!listing.IsRootReadable && _files.Count > 0)
        {
            findings = findings.Add(new Finding(Severity.Warning, root, "", Reason.LastGoodKept,
                "What was read last stays in use until the path is back."));
        }
        bool isChanged = !_listingFindings.SequenceEqual(findings);
        _listingFindings = findings;
        if (!listing.IsRootReadable)
            return isChanged;

        HashSet<string> names = new(listing.Files.Select(file => file.Name), StringComparer.Ordinal);
        foreach (string gone in _files.Keys.Where(name => !names.Contains(name)).ToArray())
            isChanged |= _files.Remove(gone);
        foreach (SourceFile file in listing.Files)
            isChanged |= Update(file, isCertain);
        return isChanged;
    }

    /// <summary>The objects, one per key, and everything to say about the files.</summary>
    public (ImmutableArray<Resource> Objects, Dictionary<string, string> Locations, List<Finding> Findings)
        Collect()
    {
        Dictionary<ObjectKey, LoadedObject> objects = [];
        List<Finding> findings = [.. _listingFindings];
        foreach (FileEntry entry in _files.Values.Select(file => file.Entry).OfType<FileEntry>())
        {
            findings.AddRange(entry.Findings);
            foreach (LoadedObject loaded in entry.Objects)
            {
                if (objects.TryAdd(loaded.Resource.Key, loaded))
                    continue;
                LoadedObject first = objects[loaded.Resource.Key];
                findings.Add(new Finding(
                    Severity.Error, $"{loaded.Resource.Key} ({loaded.Location})", "", Reason.Duplicate,
                    $"The same object stands at {first.Location}, which is used; remove one of them."));
            }
        }
        Dictionary<string, string> locations = objects.ToDictionary(
            pair => pair.Key.ToString(), pair => pair.Value.Location, StringComparer.Ordinal);
        return ([.. objects.Values.Select(loaded => loaded.Resource)], locations, findings);
    }

    private bool Update(SourceFile file, bool isCertain)
    {
        if (!_files.TryGetValue(file.Name, out TrackedFile? tracked))
            _files.Add(file.Name, tracked = new TrackedFile());
        if (tracked.Seen == file && !isCertain && !tracked.NeedsReading)
            return false;
        if (tracked.Seen != file)
            tracked.WaitingSince = null;
        tracked.Seen = file;
        FileContent content = FileContent.Read(file.FullPath);
        tracked.IsUnreadable = content.Bytes is null;
        // What is half written says something that nobody meant; its writer closes it in a moment.
        if (content.IsBeingWritten && tracked.Entry is not null && MayWait(tracked, Limits.WritingMaxMs))
            return false;
        return content.Bytes is null
            ? Take(file, tracked, content.Problem, Unreadable(file.Name, content.Problem))
            : Take(file, tracked, content.Bytes);
    }

    private bool Take(SourceFile file, TrackedFile tracked, byte[] bytes)
    {
        string hash = Convert.ToHexString(SHA256.HashData(bytes));
        if (tracked.Entry?.ContentHash == hash)
        {
            tracked.WaitingSince = null;
            return false;
        }
        ParsedFile parsed = FileParser.Parse(file.Name, bytes);
        // Editors and shells empty a file before they write it.
        if (parsed.IsEmpty && tracked.Entry is { Objects.IsEmpty: false } held
            && MayWait(tracked, Limits.EmptyFileMs))
        {
            tracked.Entry = FileEntry.Emptied(file.Name, held);
            return held.ContentHash != tracked.Entry.ContentHash;
        }
        return Take(file, tracked, hash, parsed);
    }

    private static bool Take(SourceFile file, TrackedFile tracked, string hash, ParsedFile parsed)
    {
        tracked.WaitingSince = null;
        if (tracked.Entry?.ContentHash == hash)
            return false;
        tracked.Entry = FileEntry.Join(file.Name, hash, parsed, tracked.Entry);
        return true;
    }

    private bool MayWait(TrackedFile file, int limitMs)
    {
        DateTimeOffset now = time.GetUtcNow();
        file.WaitingSince ??= now;
        return now - file.WaitingSince < TimeSpan.FromMilliseconds(limitMs);
    }

    private static ParsedFile Unreadable(string name, string problem) => new()
    {
        Objects = [],
        Refused = [],
        Findings = [new Finding(Severity.Error, name, "", Reason.UnreadableFile, problem)],
        IsReadable = false,
    };
}
