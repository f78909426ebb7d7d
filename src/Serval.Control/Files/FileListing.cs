using System.Collections.Immutable;
using System.Globalization;
using Serval.Common.Files;
using Serval.Config.Validating;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>The files below PATH at one moment, sorted by name.</summary>
internal sealed record FileListing(
    ImmutableArray<SourceFile> Files, ImmutableArray<Finding> Findings, bool IsRootReadable)
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Equal while nothing was added, removed, swapped or written.</summary>
    public string Fingerprint { get; } = string.Join('\n', Files.Select(file => string.Create(
        CultureInfo.InvariantCulture, $"{file.Name}\0{file.RealPath}\0{file.Length}\0{file.ModifiedTicks}")))
        + (IsRootReadable ? "" : "\nunreadable");

    /// <summary>Lists a folder with its folders, or one file. Never throws.</summary>
    public static FileListing Read(string root) => new Scan(root).Run();

    /// <summary>One walk through the folders.</summary>
    private sealed class Scan(string root)
    {
        private readonly FindingList _findings = new(root);
        private readonly List<SourceFile> _files = [];
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private int _folderCount;

        public FileListing Run()
        {
            bool isRootReadable = false;
            try
            {
                isRootReadable = ReadRoot();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _findings.Error("", Reason.UnreadableFile, $"This cannot be read: {exception.Message}");
            }
            ImmutableArray<SourceFile> sorted =
            [
                .. _files.OrderBy(file => file.Name, StringComparer.Ordinal),
            ];
            return new FileListing(sorted, _findings.ToImmutable(), isRootReadable);
        }

        private bool ReadRoot()
        {
            string? real = RealPath.Of(root);
            if (real is not null && Directory.Exists(real))
            {
                _seen.Add(real);
                ReadFolder(new DirectoryInfo(root), real, "", depth: 0);
                return true;
            }
            if (real is not null && File.Exists(real))
            {
                AddFile(Path.GetFileName(root), root, real);
                return true;
            }
            _findings.Error("", Reason.UnreadableFile, "There is no such file or folder; check the path.");
            return false;
        }

        private void ReadFolder(DirectoryInfo folder, string realFolder, string prefix, int depth)
        {
            if (++_folderCount > Limits.FoldersMax || depth > Limits.FolderDepthMax)
            {
                _findings.Error(prefix, Reason.TooMany,
                    "There are too many folders; this one and what follows is left out.");
                return;
            }
            IEnumerable<FileSystemInfo> entries = folder.EnumerateFileSystemInfos();
            foreach (FileSystemInfo entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                // Hidden: editors' swap files, and the "..data" folders behind a mounted ConfigMap's links.
                if (entry.Name.StartsWith('.'))
                    continue;
                try
                {
                    ReadEntry(entry, realFolder, prefix, depth);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    _findings.Error(prefix + entry.Name, Reason.UnreadableFile,
                        $"This cannot be read: {exception.Message}");
                }
            }
        }

        private void ReadEntry(FileSystemInfo entry, string realFolder, string prefix, int depth)
        {
            string name = prefix + entry.Name;
            string? real = entry.LinkTarget is null
                ? Path.Join(realFolder, entry.Name)
                : RealPath.Of(entry.FullName);
            if (real is not null && Directory.Exists(real))
            {
                // Met before: a link to a folder above, or to one that is read under its own name.
                if (_seen.Add(real))
                    ReadFolder(new DirectoryInfo(entry.FullName), real, $"{name}/", depth + 1);
                return;
            }
            if (!Extensions.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase))
                return;
            if (real is null || !File.Exists(real))
            {
                _findings.Warning(name, Reason.UnreadableFile,
                    "This link leads nowhere; remove it or restore its target.");
            }
            else
                AddFile(name, entry.FullName, real);
        }

        private void AddFile(string name, string fullPath, string real)
        {
            if (!_seen.Add(real))
                return;
            if (_files.Count >= Limits.FilesMax)
            {
                _findings.Error(name, Reason.TooMany,
                    $"There are more than {Limits.FilesMax} files; this one is left out.");
                return;
            }
            FileInfo file = new(real);
            _files.Add(new SourceFile(name, fullPath, real, file.Length, file.LastWriteTimeUtc.Ticks));
        }
    }
}
