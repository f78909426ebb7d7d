using System.Reflection;
using System.Text.RegularExpressions;
using Tmds.Linux;

namespace Serval.House.Tests;

/// <summary>Calls into the C library are those of Tmds.LibC, unless it has none (decision 51).</summary>
public sealed partial class LibcBindingTests
{
    private const string Import = """\[(?:LibraryImport|DllImport)\(\s*"libc(?:\.so[.\d]*)?\x22""";
    private const string ByEntry = """[^\]]*?EntryPoint\s*=\s*"(?<entry>\w+)"[^\]]*\]""";
    private const string ByName = """\)\][^(]*?(?<name>\w+)\(""";

    private static readonly HashSet<string> Known =
    [
        .. typeof(LibC).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name),
    ];

    [Fact]
    public void Nothing_is_bound_that_the_package_binds()
    {
        List<string> offences = [];
        // Not this file: it plants some.
        foreach (SourceFile file in Repository.Sources.Where(file =>
            !file.Path.EndsWith($"/{nameof(LibcBindingTests)}.cs", StringComparison.Ordinal)))
            offences.AddRange(Offences(file.Text).Select(call => $"{file.Path}: {call}; use LibC.{call}"));
        Assert.True(offences.Count == 0, string.Join('\n', offences));
    }

    [Theory]
    [InlineData("""[LibraryImport("libc", EntryPoint = "close", SetLastError = true)]""")]
    [InlineData("""
        [DllImport(
            "libc.so.6", SetLastError = true, EntryPoint = "close")]
        """)]
    [InlineData("""[DllImport("libc")] private static extern int close(int descriptor);""")]
    public void A_planted_binding_is_found(string text) => Assert.Equal(["close"], Offences(text));

    [Theory]
    [InlineData("""[LibraryImport("libc", EntryPoint = "getrlimit")]""")]
    [InlineData("""[LibraryImport("libssl.so.3", EntryPoint = "close")]""")]
    public void What_the_package_lacks_and_what_is_of_another_library_is_not(string text) =>
        Assert.Empty(Offences(text));

    private static IEnumerable<string> Offences(string text) =>
        from binding in Bindings().Matches(text)
        let name = binding.Groups["entry"].Success ? binding.Groups["entry"] : binding.Groups["name"]
        where Known.Contains(name.Value)
        select name.Value;

    [GeneratedRegex(Import + "(?:" + ByEntry + "|" + ByName + ")", RegexOptions.None, 1_000)]
    private static partial Regex Bindings();
}
