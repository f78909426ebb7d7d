using Serval.House.Tests.Rules;

namespace Serval.House.Tests;

/// <summary>
/// Files that may break a rule, each with its reason. One that no longer breaks it must go from here.
/// </summary>
internal static class Exceptions
{
    public static readonly (Type Rule, string Path, string Reason)[] All =
    [
        (typeof(TypeNameRule), "src/Serval.Config/Secrets/SecretsJsonContext.cs",
            "JsonSerializerContext is the library's word"),
        (typeof(TypeNameRule), "src/Serval.Config/Wire/SnapshotJsonContext.cs",
            "the word is that of System.Text.Json"),
        (typeof(MethodLengthRule), "tests/Serval.Config.Tests/Sample.cs", "one object, every part of it set"),
        (typeof(MethodLengthRule), "tests/Serval.Config.Tests/TlsValidatorTests.cs",
            "one table of cases"),
        (typeof(MethodLengthRule), "tests/Serval.Config.Tests/TlsSample.cs",
            "one object, every part of it set"),
        (typeof(MethodLengthRule), "tests/Serval.Config.Tests/SnapshotValidatorTests.cs",
        "one table of cases"),
    ];
}
