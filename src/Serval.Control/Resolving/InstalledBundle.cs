using System.Globalization;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Which definitions of the Gateway API are installed: their release, and their channel. The definition of
/// GatewayClass stands for all, because a release is installed as a whole.
/// </summary>
internal static class InstalledBundle
{
    private const int MinorMax = 6;

    private static readonly ObjectKey Definition = new(
        Groups.Extensions, Kinds.CustomResourceDefinition, "", "gatewayclasses.gateway.networking.k8s.io");

    /// <summary>
    /// True without a definition, as with files. A release that is not known is served as far as it is
    /// understood (GatewayClassConditionStatusSupportedVersion).
    /// </summary>
    public static Verdict Judge(ObjectReader reader)
    {
        CustomResourceDefinitionResource? definition =
            reader.Find<CustomResourceDefinitionResource>(Definition);
        string? version = definition is null ? null : Annotations.Find(definition, Annotations.BundleVersion);
        if (version is null || IsKnown(version))
        {
            return Verdict.Yes(Reason.SupportedVersion,
                $"Serval knows the Gateway API up to release v1.{MinorMax}.");
        }
        return Verdict.No(Reason.UnsupportedVersion,
            $"The definitions are from release {version} of the Gateway API; Serval knows releases up to "
            + $"v1.{MinorMax} and serves what it understands.");
    }

    /// <summary>
    /// Whether objects may have fields of the experimental channel. Files may; in a cluster its definitions
    /// must say so.
    /// </summary>
    public static bool IsExperimental(ObjectReader reader) =>
        reader.Find<CustomResourceDefinitionResource>(Definition) is not { } definition
        || Annotations.Find(definition, Annotations.Channel) == "experimental";

    private static bool IsKnown(string version)
    {
        string[] parts = version.Split('.');
        return parts.Length >= 2 && parts[0] == "v1"
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            && minor <= MinorMax;
    }
}
