using Serval.Testing;

namespace Serval.Bench.Load.Rivals;

/// <summary>Where a proxy is started: a fresh directory, free ports, one core.</summary>
internal sealed record ProxyPlace(string Directory, int Port, int AdminPort, int OriginPort, int Cpu)
{
    public static ProxyPlace Create(int originPort, int cpu) => new(
        System.IO.Directory.CreateTempSubdirectory("serval-bench-").FullName, Ports.Free(), Ports.Free(),
        originPort, cpu);

    /// <summary>
    /// Writes a configuration with the places in <c>@…@</c> filled in, <paramref name="parts"/> first;
    /// returns its path.
    /// </summary>
    public string Fill(string template, params (string Place, string Text)[] parts)
    {
        string path = Path.Combine(Directory, Path.GetFileName(template));
        File.WriteAllText(path, Filled(File.ReadAllText(template), parts));
        return path;
    }

    /// <summary>A text with its places filled in.</summary>
    public string Filled(string text, params (string Place, string Text)[] parts)
    {
        foreach ((string place, string part) in parts)
        {
            text = text.Replace(place, part, StringComparison.Ordinal);
        }

        return text.Replace("@DIRECTORY@", Directory, StringComparison.Ordinal)
            .Replace("@PORT@", $"{Port}", StringComparison.Ordinal)
            .Replace("@ORIGIN@", $"{OriginPort}", StringComparison.Ordinal);
    }
}
