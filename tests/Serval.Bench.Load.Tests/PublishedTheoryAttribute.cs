using Serval.Bench.Load.Reporting;

namespace Serval.Bench.Load.Tests;

/// <summary>
/// A theory about the published program: the one that SERVAL_PROGRAM names, as <c>make test</c> does, else
/// <c>out/serval</c>. Skipped where there is none.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedTheoryAttribute : TheoryAttribute
{
    public PublishedTheoryAttribute()
    {
        if (!File.Exists(Program))
        {
            Skip = $"{Program} is not there; make build publishes it";
        }
    }

    public static string Program { get; } = Environment.GetEnvironmentVariable("SERVAL_PROGRAM")
        ?? Path.Combine(RepositoryRoot.Find(), "out", "serval");
}
