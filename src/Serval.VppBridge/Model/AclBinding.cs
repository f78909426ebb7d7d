namespace Serval.VppBridge.Model;

/// <summary>The ACL lists of one interface. <paramref name="Interface"/> is a name of VPP or
/// "tunnel:NAME".</summary>
internal sealed record AclBinding(
    string Interface, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
