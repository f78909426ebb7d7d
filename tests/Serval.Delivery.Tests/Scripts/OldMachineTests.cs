using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Scripts;

/// <summary>The published program on processors that an emulator plays.</summary>
public sealed class OldMachineTests
{
    private const string Emulator = "qemu-x86_64-static";

    [ToolFact(Emulator, Missing.Published)]
    public async Task An_old_processor_is_told_what_it_lacks_and_what_to_do()
    {
        Answer old = await Command.RunAsync(
            Emulator, ["-cpu", "SandyBridge", RunningRole.Program, "--version"]);
        Assert.Equal(1, old.ExitCode);
        Assert.Contains("lacks AVX2", old.Errors, StringComparison.Ordinal);
        Assert.Contains("make build INSTRUCTION_SET=x86-64-v2", old.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await Command.RunAsync(
            Emulator, ["-cpu", "Haswell", RunningRole.Program, "--version"])).ExitCode);
    }
}
