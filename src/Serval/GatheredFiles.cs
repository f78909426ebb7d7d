using Serval.Control;

namespace Serval.CommandLine;

/// <summary>
/// Several paths, and the standard input, as one configuration: links in a folder that lives as long as it is
/// read. Names in findings are those of the paths.
/// </summary>
internal static class GatheredFiles
{
    private const string InputName = "standard-input";

    // One more than the longest file that is read, so that a longer input is refused as a file would be.
    private const int InputBytesMax = (16 * 1024 * 1024) + 1;

    /// <summary>Reads them once.</summary>
    public static async Task<Translation> LoadAsync(IEnumerable<string> paths)
    {
        string folder = Directory.CreateTempSubdirectory("serval-").FullName;
        try
        {
            foreach (string path in paths)
            {
                if (path == "-")
                    await KeepInputAsync(Path.Join(folder, FreeName(folder, InputName, ".yaml")));
                else
                    Link(folder, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
            }
            return new FileProvider(folder).Load();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Link(string folder, string target)
    {
        string name = Path.GetFileName(target);
        string extension = Path.GetExtension(target);
        bool isRead = Directory.Exists(target) || extension is ".yaml" or ".yml" or ".json";
        if (name.Length == 0)
            name = "root";
        string link = isRead
            ? FreeName(folder, Path.GetFileNameWithoutExtension(name).TrimStart('.'), extension)
            : FreeName(folder, name.TrimStart('.'), ".yaml");
        File.CreateSymbolicLink(Path.Join(folder, link), target);
    }

    private static string FreeName(string folder, string name, string extension)
    {
        string free = name + extension;
        for (int i = 2; Path.Exists(Path.Join(folder, free)); i++)
            free = $"{name}-{i}{extension}";
        return free;
    }

    private static async Task KeepInputAsync(string path)
    {
        await using Stream input = Console.OpenStandardInput();
        await using FileStream file = new(path, FileMode.CreateNew);
        byte[] buffer = new byte[64 * 1024];
        int count;
        while (file.Length < InputBytesMax && (count = await input.ReadAsync(buffer)) > 0)
            await file.WriteAsync(buffer.AsMemory(0, (int)Math.Min(count, InputBytesMax - file.Length)));
    }
}
