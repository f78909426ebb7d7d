using Tmds.Linux;

namespace Serval.Common.Libc;

/// <summary>How large the terminal of a descriptor is.</summary>
public static unsafe class TerminalSize
{
    private const int GetWindowSize = 0x5413; // TIOCGWINSZ, ioctl_tty(2)

    /// <summary>
    /// Rows and columns; 24 and 80 where the descriptor is no terminal or does not know. Asked of the kernel:
    /// the library's console would take the terminal over.
    /// </summary>
    public static (int Rows, int Columns) Of(int descriptor)
    {
        // struct winsize: rows, columns, and two in pixels. The kernel writes these eight bytes.
        ushort* size = stackalloc ushort[4];
        return LibC.ioctl(descriptor, GetWindowSize, size) == 0 && size[0] > 1 && size[1] > 0
            ? (size[0], size[1])
            : (24, 80);
    }
}
