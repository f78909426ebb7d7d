using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace Serval.Control.Tests;

/// <summary>A folder of one test.</summary>
internal sealed partial class TempFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("serval-").FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    /// <summary>
    /// Renames over what is there, links to folders included, which File.Move does not take.
    /// </summary>
    public void Rename(string from, string to)
    {
        if (NativeRename(PathOf(from), PathOf(to)) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes a pipe that nobody writes to.</summary>
    public unsafe void MakePipe(string name)
    {
        const int UserOnly = 0b110_000_000;
        fixed (byte* path = Encoding.UTF8.GetBytes(PathOf(name) + "\0"))
        {
            if (LibC.mkfifo(path, UserOnly) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    [LibraryImport(
        "libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int NativeRename(string from, string to);
}
