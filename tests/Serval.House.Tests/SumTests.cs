using System.Diagnostics;

namespace Serval.House.Tests;

/// <summary>The last line of <c>make test</c>, and when it fails.</summary>
public sealed class SumTests
{
    private const string Skip = """
        <UnitTestResult testName="A.Skipped" outcome="NotExecuted">
          <Message>There is no &quot;gcc&quot;.</Message>
        """;

    [Fact]
    public void Results_of_all_projects_are_summed_and_skips_say_why() => Expect(
        0, "skipped: A.Skipped: There is no \"gcc\".\n5 passed, 0 failed, 1 skipped\n", Result(2, 0, 3, Skip),
        Result(3, 0, 3));

    [Fact]
    public void A_failed_test_fails_the_run() =>
        Expect(1, "1 passed, 2 failed, 0 skipped\n", Result(1, 2, 3));

    [Fact]
    public void A_failed_test_is_named_again_at_the_end_with_its_message()
    {
        const string failure = """
            <UnitTestResult testName="A.Fails(x: &quot;1&quot;)" outcome="Failed">
              <Message>Expected: 1
            Actual:   2</Message>
              <StackTrace>at A.Fails()</StackTrace>
            """;
        Expect(
            1, "failed: A.Fails(x: \"1\"): Expected: 1\nActual:   2\n1 passed, 1 failed, 0 skipped\n",
            Result(1, 1, 2, failure));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_project_that_runs_no_test_fails_the_run(int skipped)
    {
        (int exitCode, string output) = Sum(Result(3, 0, 3), Result(0, 0, skipped));
        Assert.Equal(1, exitCode);
        Assert.Contains("no test ran", output, StringComparison.Ordinal);
        Assert.EndsWith($"3 passed, 0 failed, {skipped} skipped\n", output, StringComparison.Ordinal);
    }

    private static void Expect(int exitCode, string output, params string[] results) =>
        Assert.Equal((exitCode, output), Sum(results));

    private static string Result(int passed, int failed, int total, string tests = "") =>
        $"<TestRun>\n{tests}\n<Counters total=\"{total}\" passed=\"{passed}\" "
        + $"failed=\"{failed}\" />\n</TestRun>\n";

    private static (int ExitCode, string Output) Sum(params string[] results)
    {
        string folder = Directory.CreateTempSubdirectory("serval-sum-").FullName;
        try
        {
            List<string> arguments = [Path.Combine(Repository.Root, "scripts", "sum-tests.sh")];
            for (int i = 0; i < results.Length; i++)
            {
                arguments.Add(Path.Combine(folder, $"{i}.trx"));
                File.WriteAllText(arguments[^1], results[i]);
            }
            using Process process = Process.Start(
                new ProcessStartInfo("bash", arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
