namespace Serval.VppBridge.Model;

/// <summary>What a rule does, with the numbers of VPP.</summary>
internal enum AclAction : byte
{
    Deny = 0,
    Permit = 1,
    PermitReflect = 2,
}
