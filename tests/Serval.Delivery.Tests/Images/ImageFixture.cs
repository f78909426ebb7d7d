using System.Runtime.InteropServices;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>The image of this machine's architecture.</summary>
public sealed class ImageFixture() : MadeImage(Here)
{
    /// <summary>This machine, as .NET names it.</summary>
    public static string Here =>
        RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>
    /// Starts the program in the root file system alone: as its user, without a right, with a /proc and
    /// processes of its own.
    /// </summary>
    internal RunningRole Start(params string[] arguments) => RunningRole.Start("unshare",
    [
        "--mount", "--pid", "--fork", "--kill-child", $"--mount-proc={Path.Combine(Root, "proc")}",
        "setpriv", "--no-new-privs", "chroot", "--userspec=65532:65532", Root, "/usr/bin/serval",
        .. arguments,
    ]);
}
