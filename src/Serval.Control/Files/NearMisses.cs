using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Serval.Common;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>
/// Adds to a finding what its author probably meant: parents with a near name, objects in another namespace,
/// slices that nearly belong to a Service. Who writes files may see all of them; in a cluster one namespace
/// must not learn what another holds. Near names of backends are the resolver's business, for both.
/// </summary>
/// <param name="objects">The objects that count.</param>
/// <param name="refused">Keys of those that are refused for their errors.</param>
internal sealed partial class NearMisses(ImmutableArray<Resource> objects, HashSet<string> refused)
{
    private const int FindingsMax = 200;
    private int _explained;

    /// <summary>The finding, with a hint where there is one.</summary>
    public Finding Explain(Finding finding)
    {
        if (_explained >= FindingsMax)
            return finding;
        if (finding.Reason is Reason.BackendNotFound or Reason.ParentNotFound
            && Missing().Match(finding.Message) is { Success: true } match
            && $"{match.Groups["kind"].Value} {match.Groups["path"].Value.TrimEnd('.')}" is var key
            && refused.Contains(key))
        {
            _explained++;
            return finding with { Message = $"{key} has errors, so nothing of it counts; repair it first." };
        }
        string? hint = finding.Reason switch
        {
            Reason.BackendNotFound or Reason.ParentNotFound => HintOfMissing(finding.Message),
            Reason.NoEndpoints => HintOfSlices(finding.Subject),
            _ => null,
        };
        if (hint is null)
            return finding;
        _explained++;
        return finding with { Message = $"{finding.Message} {hint}" };
    }

    private string? HintOfMissing(string message)
    {
        if (message.EndsWith('?') || Missing().Match(message) is not { Success: true } match)
            return null; // or the resolver has named one
        string kind = match.Groups["kind"].Value;
        string path = match.Groups["path"].Value.TrimEnd('.');
        string name = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        string @namespace = path.Contains('/', StringComparison.Ordinal) ? path[..^(name.Length + 1)] : "";
        Resource[] same = [.. objects.Where(item => item.KindName == kind)];
        string? near = Spelling.FindNearest(
            same.Where(item => item.Key.Namespace == @namespace).Select(item => item.Key.Name), name);
        if (near is not null)
            return $"Did you mean {near}?";
        Resource? elsewhere = same.FirstOrDefault(item => item.Key.Name == name);
        return elsewhere is null
            ? null
            : $"There is one in namespace {elsewhere.Key.Namespace}: {elsewhere.Key.Path}.";
    }

    private string? HintOfSlices(string subject)
    {
        ServiceResource? service = objects.OfType<ServiceResource>()
            .FirstOrDefault(item => item.Key.ToString() == subject);
        if (service is null)
            return null;
        (string @namespace, string name) = (service.Key.Namespace, service.Key.Name);
        EndpointSliceResource[] slices = [.. objects.OfType<EndpointSliceResource>()];
        if (slices.Any(slice => slice.Key.Namespace == @namespace && ServiceOf(slice) == name))
            return null; // The resolver has said what is wrong with them.
        if (slices.FirstOrDefault(slice => ServiceOf(slice) == name) is { } far)
        {
            return $"{far.Key} names the Service, but a slice must be in the Service's namespace, "
                + $"{@namespace}.";
        }
        foreach (EndpointSliceResource slice in slices)
        {
            if (slice.Key.Namespace == @namespace && ServiceOf(slice) is { } label
                && Spelling.FindNearest([name], label) is not null
                && !objects.OfType<ServiceResource>().Any(other =>
                    other.Key.Namespace == @namespace && other.Key.Name == label))
                return $"The label {Labels.ServiceName} of {slice.Key} says {label}; did you mean {name}?";
        }
        return null;
    }

    private static string? ServiceOf(EndpointSliceResource slice) =>
        slice.Metadata.Labels.TryGetValue(Labels.ServiceName, out string? name) ? name : null;

    [GeneratedRegex(
        "^There is no (?<kind>Service|ServiceImport|Gateway|ListenerSet|GatewayClass) (?<path>[^ ,;]+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Missing();
}
