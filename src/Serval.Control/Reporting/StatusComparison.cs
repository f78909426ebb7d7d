using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>
/// Whether two statuses would be written alike. Asked for every listener whenever a Gateway changes,
/// so it writes nothing to find out.
/// </summary>
internal static class StatusComparison
{
    /// <summary>True when both are of one object and say the same.</summary>
    public static bool SayTheSame(ObjectStatus left, ObjectStatus right) => (left, right) switch
    {
        (GatewayClassStatus one, GatewayClassStatus other) =>
            AreSame(one.Conditions, other.Conditions)
            && one.SupportedFeatures.SequenceEqual(other.SupportedFeatures),
        (GatewayStatus one, GatewayStatus other) =>
            one.Addresses.SequenceEqual(other.Addresses)
            && one.AttachedListenerSets == other.AttachedListenerSets
            && AreSame(one.Conditions, other.Conditions) && AreSame(one.Listeners, other.Listeners),
        (ListenerSetStatus one, ListenerSetStatus other) =>
            AreSame(one.Conditions, other.Conditions) && AreSame(one.Listeners, other.Listeners),
        (PolicyStatus one, PolicyStatus other) => AreSame(one.Ancestors, other.Ancestors),
        (RouteStatus one, RouteStatus other) => AreSame(one.Parents, other.Parents),
        _ => false,
    } && left.Key == right.Key;

    private static bool AreSame(ImmutableArray<Condition> left, ImmutableArray<Condition> right) =>
        left.SequenceEqual(right);

    private static bool AreSame(ImmutableArray<ListenerStatus> left, ImmutableArray<ListenerStatus> right) =>
        AreSame(left, right, (one, other) => one.Name == other.Name
            && one.AttachedRoutes == other.AttachedRoutes
            && one.SupportedKinds.SequenceEqual(other.SupportedKinds)
            && AreSame(one.Conditions, other.Conditions));

    private static bool AreSame(
        ImmutableArray<RouteParentStatus> left, ImmutableArray<RouteParentStatus> right) =>
        AreSame(left, right, (one, other) => one.ParentRef == other.ParentRef
            && one.ControllerName == other.ControllerName && AreSame(one.Conditions, other.Conditions));

    private static bool AreSame<T>(ImmutableArray<T> left, ImmutableArray<T> right, Func<T, T, bool> areSame)
    {
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
        {
            if (!areSame(left[i], right[i]))
                return false;
        }
        return true;
    }
}
