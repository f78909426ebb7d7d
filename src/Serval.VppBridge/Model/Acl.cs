namespace Serval.VppBridge.Model;

/// <summary>A named, ordered list of rules; what matches none is denied.</summary>
internal sealed record Acl(string Name, IReadOnlyList<AclRule> Rules)
{
    public const string TagPrefix = "serval:";

    public string Tag => TagPrefix + Name;
}
