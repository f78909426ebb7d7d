using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Scripts;

/// <summary>A folder that is all that a script finds on its path: some real tools, and stand-ins.</summary>
internal sealed class ToolFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("serval-tools-").FullName;

    /// <param name="tools">Real programs that the script may use.</param>
    public ToolFolder(params string[] tools)
    {
        foreach (string tool in tools.Append("bash"))
            File.CreateSymbolicLink(PathOf(tool), Command.Find(tool)!);
    }

    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Adds a stand-in with this body.</summary>
    public void Write(string name, string body)
    {
        File.WriteAllText(PathOf(name), $"#!{PathOf("bash")}\n{body}\n");
        File.SetUnixFileMode(PathOf(name),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Task<Answer> RunAsync(string script) => Command.RunAsync(
        PathOf("bash"), [Repository.PathOf(script)], input: null,
        new Dictionary<string, string?> { ["PATH"] = _root });

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
