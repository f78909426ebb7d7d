using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Charts;

public sealed class RenderedFilesTests
{
    [ToolFact(ChartTool.Builder)]
    public async Task The_plain_manifests_are_what_the_chart_renders()
    {
        string folder = Directory.CreateTempSubdirectory("serval-rendered-").FullName;
        try
        {
            // The renderer of the tests alone: a Helm of this machine may word comments in another way.
            Dictionary<string, string?> environment = new()
            {
                ["PATH"] = string.Join(':', Environment.GetEnvironmentVariable("PATH")!.Split(':')
                    .Where(part => !File.Exists(Path.Combine(part, "helm")))),
            };
            _ = (await Command.RunAsync(
                Repository.PathOf("deploy/kubernetes/render.sh"), [folder], input: null, environment)).Good;
            string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))];
            Assert.Contains("deploy/kubernetes/serval.yaml", files);
            foreach (string file in files)
            {
                Assert.True(
                    await File.ReadAllTextAsync(Path.Combine(folder, file)) == Repository.Read(file),
                    $"{file} is not what the chart renders: run deploy/kubernetes/render.sh");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
