using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Serval.CommandLine;

/// <summary>
/// Standard output and error where they are terminals. The library's console sends a terminal codes for
/// keypads before its first line and never takes them back.
/// </summary>
internal static class Terminal
{
    private const int Output = 1;
    private const int Error = 2;

    /// <summary>Whether lines on the standard error may have colours.</summary>
    public static bool TakesColours =>
        !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Has the console write to them directly. Once, before anything is written.</summary>
    public static void TakeOver()
    {
        if (!Console.IsOutputRedirected)
            Console.SetOut(Open(Output));
        if (!Console.IsErrorRedirected)
            Console.SetError(Open(Error));
    }

    // A terminal has no position, so the stream writes without one.
    private static StreamWriter Open(int descriptor) => new(
        new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
    {
        AutoFlush = true,
    };
}
