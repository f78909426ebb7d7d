using System.Text;
using Tmds.Linux;

namespace Serval.Common.Libc;

/// <summary>Calls that take a path; .NET's own open neither folders nor what could block.</summary>
public static unsafe class NativePath
{
    private const int OwnerWritesAllRead = 0b110_100_100;

    /// <summary>
    /// open(2). Returns the descriptor, or -1 and leaves the error for Marshal. All may read a file that is
    /// created, as far as the umask of the process lets them.
    /// </summary>
    public static int Open(string path, int flags)
    {
        // Safe: the bytes end with a zero and stay where they are during the call.
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
            return LibC.open(name, flags, OwnerWritesAllRead);
    }
}
