using Serval.Common;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>What to say of an object whose kind Serval does not read.</summary>
internal static class KindCheck
{
    /// <summary>
    /// A misspelt kind or group is an error: its author meant an object that would count. Anything else is
    /// passed over with a notice.
    /// </summary>
    public static void Tell(string group, string kind, string apiVersion, FindingList findings)
    {
        IEnumerable<ResourceKind> ofGroup = ResourceKind.All.Where(known => known.Group == group);
        if (Spelling.FindNearest(ofGroup.Select(known => known.Kind), kind) is { } nearKind)
        {
            findings.Error("kind", Reason.UnknownKind,
                $"There is no kind {kind} in {apiVersion}, so this object has no effect; did you mean "
                + $"{nearKind}?");
            return;
        }
        ResourceKind? nearGroup = ResourceKind.All.FirstOrDefault(known =>
            known.Kind == kind && known.Group.Length > 0
            && Spelling.FindNearest([known.Group], group) is not null);
        if (nearGroup is not null)
        {
            findings.Error("apiVersion", Reason.UnknownKind,
                $"There is no {kind} in {apiVersion}, so this object has no effect; did you mean "
                + $"{nearGroup.ApiVersion}?");
            return;
        }
        string why = kind == "Ingress"
            ? "Serval serves HTTPRoutes, not Ingresses, so this object has no effect."
            : $"Serval does not serve {kind} of {apiVersion}, so this object has no effect.";
        findings.Notice("", Reason.UnknownKind, why);
    }
}
