using System.Globalization;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Transports;

/// <summary>VPP's handles of the names used in changes; grows as changes make objects. Owner: one run of a
/// plan.</summary>
internal sealed class VppIndexes
{
    private readonly Dictionary<string, uint> _interfaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _acls = new(StringComparer.Ordinal);

    public VppIndexes(VppState state)
    {
        foreach (VppInterface item in state.Interfaces)
        {
            // A name that is not unique leads nowhere: the plan does not use it.
            if (!_interfaces.TryAdd(item.Name, item.Index))
                _interfaces[item.Name] = uint.MaxValue;
        }

        foreach (VppAcl acl in state.Acls)
        {
            if (acl.Name is not null)
                _acls.TryAdd(acl.Name, acl.Index);
        }
    }

    public uint Interface(string name) => Find(_interfaces, name, "interface");

    public uint Acl(string name) => name.StartsWith('#')
        ? uint.Parse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture)
        : Find(_acls, name, "ACL");

    public void SetInterface(string name, uint index) => _interfaces[name] = index;

    public void SetAcl(string name, uint index) => _acls[name] = index;

    private static uint Find(Dictionary<string, uint> map, string name, string what)
    {
        uint index = map.GetValueOrDefault(name, uint.MaxValue);
        return index != uint.MaxValue
            ? index
            : throw new VppException(VppFault.Refused, $"VPP has no {what} named '{name}', or more than one");
    }
}
