namespace Serval.VppBridge.Model;

/// <summary>An ACL as VPP shows it.</summary>
internal sealed record VppAcl(uint Index, string Tag, IReadOnlyList<AclRule> Rules)
{
    /// <summary>Our name for it; null when it is somebody else's.</summary>
    public string? Name =>
        Tag.StartsWith(Acl.TagPrefix, StringComparison.Ordinal) ? Tag[Acl.TagPrefix.Length..] : null;
}
