using System.Collections.Immutable;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Reconciling;

/// <summary>What users asked for. Immutable; every change makes a new one. In a state that is only there to
/// be taken away the keys of tunnels mean nothing: two of one name may have been tried.</summary>
internal sealed record DesiredState(
    ImmutableSortedDictionary<string, Acl> Acls,
    ImmutableSortedDictionary<string, AclBinding> Bindings,
    ImmutableSortedDictionary<string, Tunnel> Tunnels,
    SourceNat? Nat,
    ImmutableSortedDictionary<string, long> Versions,
    long LastVersion)
{
    public static readonly DesiredState Empty = new(
        Sorted<Acl>(), Sorted<AclBinding>(), Sorted<Tunnel>(), null, Sorted<long>(), 0);

    public static string AclKey(string name) => "acl/" + name;

    public static string TunnelKey(string name) => "tunnel/" + name;

    public static string BindingKey(string name) => "binding/" + name;

    public const string NatKey = "nat";

    /// <summary>The version of an object as users see it; empty when it does not exist.</summary>
    public string VersionOf(string key) =>
        Versions.TryGetValue(key, out long version)
            ? version.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : string.Empty;

    public DesiredState WithVersion(string key) =>
        this with { Versions = Versions.SetItem(key, LastVersion + 1), LastVersion = LastVersion + 1 };

    public DesiredState WithoutVersion(string key) => this with { Versions = Versions.Remove(key) };

    /// <summary>The name VPP knows for an interface of a request, which may be "tunnel:NAME"; null for a
    /// tunnel that does not exist.</summary>
    public string? InterfaceOf(string name)
    {
        if (!name.StartsWith(Tunnel.BindingPrefix, StringComparison.Ordinal))
            return name;
        return Tunnels.GetValueOrDefault(name[Tunnel.BindingPrefix.Length..])?.InterfaceName;
    }

    /// <summary>What <see cref="InterfaceOf"/> says, in a state that is only there to be taken away: there a
    /// name can have meant more than one tunnel.</summary>
    public IEnumerable<string> InterfacesOf(string name) =>
        name.StartsWith(Tunnel.BindingPrefix, StringComparison.Ordinal)
            ? Tunnels.Values.Where(t => t.Name == name[Tunnel.BindingPrefix.Length..])
                .Select(t => t.InterfaceName)
            : [name];

    /// <summary>The interfaces of source NAT, as requests name them.</summary>
    public IEnumerable<string> NatInterfaces() => Nat is null ? [] : Nat.Inside.Concat(Nat.Outside);

    public IEnumerable<PlacedRoute> Routes() => Tunnels.Values.SelectMany(
        tunnel => tunnel.Routes().Select(r => new PlacedRoute(r.Prefix, r.Via, tunnel.InterfaceName)));

    /// <summary>Adds what another state made, for a state that is only there to be taken away.</summary>
    public DesiredState WithLeaving(DesiredState other) => Empty with
    {
        Bindings = Bindings.SetItems(other.Bindings),
        Tunnels = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            Tunnels.Values.Concat(other.Tunnels.Values).Distinct()
                .Select((t, i) => KeyValuePair.Create($"{t.Name}/{i}", t))),
        Nat = Nat is null || other.Nat is null ? Nat ?? other.Nat : new SourceNat(
            [.. Nat.Inside.Union(other.Nat.Inside)], [.. Nat.Outside.Union(other.Nat.Outside)],
            [.. Nat.Addresses.Union(other.Nat.Addresses)], other.Nat.SessionsMax),
    };

    private static ImmutableSortedDictionary<string, T> Sorted<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
