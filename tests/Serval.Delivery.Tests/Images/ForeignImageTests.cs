using System.Buffers.Binary;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>The image for machines that are not of this one's kind, played by an emulator.</summary>
public sealed class ForeignImageTests(ForeignImageFixture image) : IClassFixture<ForeignImageFixture>
{
    // e_machine of an ELF file, at byte 18.
    private const ushort Arm64 = 183;
    private const ushort X64 = 62;

    [ForeignImageFact]
    public void It_has_the_same_files_and_each_is_of_its_machine()
    {
        Assert.Equal(image.Wanted().Order(StringComparer.Ordinal), image.Files.Order(StringComparer.Ordinal));
        string[] programs = [.. image.Files.Where(file => file == "usr/bin/serval"
            || file.StartsWith($"lib/{image.Triplet}/", StringComparison.Ordinal))];
        Assert.Equal(6, programs.Length);
        Assert.All(programs, file =>
        {
            byte[] machine = File.ReadAllBytes(Path.Combine(image.Root, file))[18..20];
            Assert.Equal(
                image.Arch == "arm64" ? Arm64 : X64, BinaryPrimitives.ReadUInt16LittleEndian(machine));
        });
        Assert.Equal(image.Arch, image.Config["architecture"]!.GetValue<string>());
    }

    [ForeignImageFact]
    public async Task Its_program_runs_with_its_libraries_alone()
    {
        Assert.StartsWith("0.", (await image.RunAsync("--version")).Good, StringComparison.Ordinal);
        string examples = Repository.PathOf("examples/quickstart");
        Assert.Contains(
            "echo", (await image.RunAsync("explain", "GET", "http://echo.example.com:8080/", "--config",
                examples)).Good, StringComparison.Ordinal);
        Assert.Equal(0, (await image.RunAsync("validate", examples)).ExitCode);
    }

    [ForeignImageFact]
    public void Its_bill_of_materials_names_what_it_was_made_of()
    {
        string[] names = [.. image.BillOfMaterials["components"]!.AsArray()
            .Select(component => component!["name"]!.GetValue<string>())];
        Assert.Contains("libssl3", names);
        Assert.Contains("YamlDotNet", names);
    }
}
