using Serval.House.Tests.Rules;

namespace Serval.House.Tests;

public sealed class FileRuleTests
{
    private static readonly IFileRule[] Rules =
    [
        new FileLengthRule(), new LineLengthRule(), new MethodLengthRule(), new OneTypeRule(),
            new TypeNameRule(),
        new LeftoverRule(), new UnsafeRule(),
    ];

    public static TheoryData<string> RuleNames => [.. Rules.Select(rule => rule.GetType().Name)];

    /// <summary>For each rule a file that breaks it, and one as near to it as can be that does not.</summary>
    public static TheoryData<string, string, string, string> Plants => new()
    {
        { nameof(FileLengthRule), "src/A.cs", Lines(501, ";"), Lines(500, ";") },
        { nameof(LineLengthRule), "src/A.cs", new string('/', 111), new string('/', 110) },
        { nameof(MethodLengthRule), "src/A.cs", Method(58), Method(57) },
        { nameof(OneTypeRule), "src/A.cs", "class A; class B;", "class A { class B; }" },
        { nameof(OneTypeRule), "src/A.Part.cs", "namespace N; class B;", "namespace N; class A;" },
        { nameof(TypeNameRule), "src/A.cs", "class RingManager;", "class Managers;" },
        { nameof(TypeNameRule), "src/A.cs", "record struct PeerInfo;", "record struct Information;" },
        { nameof(TypeNameRule), "src/A.cs", "class A { enum Handler; }", "class A { enum ErrorHandler; }" },
        { nameof(LeftoverRule), "src/A.cs", "// TO" + "DO later", "// a to-do list" },
        { nameof(UnsafeRule), "src/A.cs", "unsafe class A;", "class A; // unsafe" },
        { nameof(UnsafeRule), "src/Serval.DataPlane/RingsToo/A.cs", "class A { void M() { unsafe { } } }",
            "class A;" },
    };

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Every_file_keeps_the_rule(string name)
    {
        IFileRule rule = Find(name);
        List<string> offences = [];
        foreach (SourceFile file in Repository.Sources.Where(file => !IsExcepted(rule, file)))
            offences.AddRange(rule.Offences(file).Select(offence => $"{file.Path}: {offence}"));
        Assert.True(offences.Count == 0, string.Join('\n', offences));
    }

    [Theory]
    [MemberData(nameof(Plants))]
    public void The_rule_finds_a_planted_offence_and_nothing_else(
        string name, string path, string bad, string good)
    {
        Assert.NotEmpty(Find(name).Offences(new SourceFile(path, bad)));
        Assert.Empty(Find(name).Offences(new SourceFile(path, good)));
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void The_rule_has_a_planted_offence(string name)
    {
        Assert.Contains(Plants, plant => (string)plant[0] == name);
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        foreach ((Type type, string path, _) in Exceptions.All)
        {
            SourceFile? file = Repository.Sources.FirstOrDefault(file => file.Path == path);
            Assert.True(file is not null, $"{path} is gone; so must its exception be");
            Assert.True(
                Find(type.Name).Offences(file).Any(), $"{path} keeps {type.Name}; its exception must go");
        }
    }

    private static IFileRule Find(string name) => Rules.Single(rule => rule.GetType().Name == name);

    private static bool IsExcepted(IFileRule rule, SourceFile file) =>
        Exceptions.All.Any(exception => exception.Rule == rule.GetType() && exception.Path == file.Path);

    private static string Lines(int count, string line) =>
        string.Concat(Enumerable.Repeat(line + "\n", count));

    private static string Method(int bodyLines) => $"class A {{\nvoid M()\n{{\n{Lines(bodyLines, ";")}}}\n}}";
}
