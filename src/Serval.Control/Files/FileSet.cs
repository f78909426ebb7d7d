using System.Collections.Immutable;
using System.Security.Cryptography;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>The files below PATH and the objects that count of each.</summary>
/// <remarks>
/// Owner: one FileProvider. Thread: one at a time, under its lock. Bound: <see cref="Limits.FilesMax"/>.
/// </remarks>
internal sealed class FileSet(string root)
{
    private readonly SortedDictionary<string, FileEntry> _entries = new(StringComparer.Ordinal);
    private ImmutableArray<Finding> _listingFindings = [];

    /// <summary>
    /// True when a file could not be opened; that may end without any trace in its listing.
    /// </summary>
    public bool HasUnreadableFiles { get; private set; }

    /// <summary>Reads what changed since last time; false when everything still says the same.</summary>
    public bool Update(FileListing listing)
    {
        ImmutableArray<Finding> findings = listing.Findings;
        if (!listing.IsRootReadable && _entries.Count > 0)
        {
            findings = findings.Add(new Finding(Severity.Warning, root, "", Reason.LastGoodKept,
                "What was read last stays in use until the path is back."));
        }
        bool isChanged = !_listingFindings.SequenceEqual(findings);
        _listingFindings = findings;
        if (!listing.IsRootReadable)
            return isChanged;

        HashSet<string> names = new(listing.Files.Select(file => file.Name), StringComparer.Ordinal);
        foreach (string gone in _entries.Keys.Where(name => !names.Contains(name)).ToArray())
            isChanged |= _entries.Remove(gone);
        HasUnreadableFiles = false;
        foreach (SourceFile file in listing.Files)
            isChanged |= Update(file);
        return isChanged;
    }

    /// <summary>The objects, one per key, and everything to say about the files.</summary>
    public (ImmutableArray<Resource> Objects, Dictionary<string, string> Locations, List<Finding> Findings)
        Collect()
    {
        Dictionary<ObjectKey, LoadedObject> objects = [];
        List<Finding> findings = [.. _listingFindings];
        foreach (FileEntry entry in _entries.Values)
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

    private bool Update(SourceFile file)
    {
        _entries.TryGetValue(file.Name, out FileEntry? previous);
        (byte[]? bytes, string problem) = ReadBytes(file);
        HasUnreadableFiles |= bytes is null;
        string hash = bytes is null ? problem : Convert.ToHexString(SHA256.HashData(bytes));
        if (previous?.ContentHash == hash)
            return false;
        ParsedFile parsed = bytes is null
            ? Unreadable(file.Name, problem)
            : FileParser.Parse(file.Name, bytes);
        _entries[file.Name] = FileEntry.Join(file.Name, hash, parsed, previous);
        return true;
    }

    private static (byte[]? Bytes, string Problem) ReadBytes(SourceFile file)
    {
        try
        {
            const FileShare AnyUse = FileShare.ReadWrite | FileShare.Delete;
            using FileStream stream = new(file.FullPath, FileMode.Open, FileAccess.Read, AnyUse);
            if (stream.Length > Limits.FileBytesMax)
                return (null, $"It is larger than {Limits.FileBytesMax} bytes; split it.");
            // Read to the end that it had when it was opened; a file that grows is read again.
            byte[] bytes = new byte[stream.Length];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return (bytes[..count], "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"It cannot be read: {exception.Message}");
        }
    }

    private static ParsedFile Unreadable(string name, string problem) => new()
    {
        Objects = [],
        Refused = [],
        Findings = [new Finding(Severity.Error, name, "", Reason.UnreadableFile, problem)],
        IsReadable = false,
    };
}
