using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>The image of the other architecture than this machine's.</summary>
public sealed class ForeignImageFixture() : MadeImage(There)
{
    public static string There => ImageFixture.Here == "linux-x64" ? "linux-arm64" : "linux-x64";

    /// <summary>The program that plays the other machine's processor.</summary>
    public static string Emulator =>
        There == "linux-arm64" ? "qemu-aarch64-static" : "qemu-x86_64-static";

    /// <summary>Runs the program of the image with the libraries of the image alone.</summary>
    internal Task<Answer> RunAsync(params string[] arguments) => Command.RunAsync(
        Emulator, ["-L", Root, Path.Combine(Root, "usr/bin/serval"), .. arguments]);
}
