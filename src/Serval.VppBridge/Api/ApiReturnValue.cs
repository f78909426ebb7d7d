using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>The return values of VPP in words.</summary>
internal static class ApiReturnValue
{
    public const int NoSuchEntry = -6;

    public static VppException Refusal(string what, int value)
    {
        string reason = value switch
        {
            -2 => "there is no such interface",
            NoSuchEntry => "there is no such entry",
            -7 => "a value is out of range",
            -8 => "the ports are reversed",
            -31 => "the instance is taken",
            -57 => "a prefix is wrong: host bits, length, or mixed families",
            -116 => "it exists already",
            -142 => "the ACL is in use on the input of an interface",
            -143 => "the ACL is in use on the output of an interface",
            -149 => "the ACL is in use by a lookup context",
            _ => "unexpected",
        };
        return new VppException(VppFault.Refused, $"VPP refused to {what}: {reason} ({value})");
    }
}
