using System.Text.Json.Nodes;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Reporting;

public sealed class StatusComparisonTests
{
    [Fact]
    public void Statuses_say_the_same_exactly_when_they_would_be_written_alike()
    {
        foreach (string folder in Directory.GetDirectories(GoldenCase.Root).Order(StringComparer.Ordinal))
        {
            StatusReport report = new FileProvider(Path.Combine(folder, "input.yaml")).Load().Status;
            // Beside each what it becomes with an answer of the routers, which differs or does not.
            ObjectStatus[] all = [.. report.Objects.Values, .. report.Acknowledge().Objects.Values];
            foreach (ObjectStatus left in all)
            {
                foreach (ObjectStatus right in all)
                {
                    Assert.Equal(
                        JsonNode.DeepEquals(StatusJson.ToObject(left), StatusJson.ToObject(right)),
                        StatusComparison.SayTheSame(left, right));
                }
            }
        }
    }
}
