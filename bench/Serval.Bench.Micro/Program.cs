using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Micro;

// Takes BenchmarkDotNet's own options, e.g. --filter '*Lookup*'. Without --job each benchmark is run for a
// short while, in this process: the tables of a million routes are then built once per case.
bool namesItsJob = args.Contains("--job", StringComparer.Ordinal);
string[] options = args.Contains("--filter", StringComparer.Ordinal) ? args : ["--filter", "*", .. args];
options = namesItsJob ? ["--inProcess", .. options] : options;
string root = RepositoryRoot.Find();
ManualConfig config = ManualConfig.CreateEmpty()
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .WithArtifactsPath(Path.Combine(root, "out", "micro"))
    .WithCultureInfo(CultureInfo.InvariantCulture);
if (!namesItsJob)
    config.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));

Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(MicroReport).Assembly).Run(options, config)];
if (summaries.All(summary => summary.Reports.IsEmpty))
    return options.Contains("--list", StringComparer.Ordinal) ? 0 : 1;
string text = MicroReport.Text(summaries, Machine.Basics(root), args);
Console.WriteLine(text);
string name = $"{Machine.Commit(root)}-micro";
Console.WriteLine($"written to {Report.Write(text, Path.Combine(root, "bench", "results"), name)}");
return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
