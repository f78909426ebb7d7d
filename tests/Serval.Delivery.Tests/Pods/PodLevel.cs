namespace Serval.Delivery.Tests.Pods;

/// <summary>The levels of the Pod Security Standards, from open to closed.</summary>
public enum PodLevel
{
    Privileged,
    Baseline,
    Restricted,
}
