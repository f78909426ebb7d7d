namespace Serval.Integration.Tests.Harness;

/// <summary>A temporary folder of configuration files.</summary>
internal sealed class Folder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("serval-test-").FullName;

    /// <summary>Writes a file at once, as editors and Kubernetes do: beside, then renamed.</summary>
    public void Write(string name, string text)
    {
        string beside = Path.Combine(Root, $".{name}.tmp");
        File.WriteAllText(beside, text);
        File.Move(beside, Path.Combine(Root, name), overwrite: true);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
