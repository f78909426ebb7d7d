using System.CommandLine;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval egress</c>: the place of the forward proxy, so that its manifests can be written and checked
/// before it carries traffic. It refuses to start.
/// </summary>
internal static class EgressVerb
{
    /// <summary>What it says before it ends.</summary>
    public const string Refusal =
        "the egress proxy does not carry traffic yet, so it does not start.\n"
        + "Keep egress.enabled=false in the Helm chart, and let workloads reach the Internet as before.";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Command verb = new("egress", "Forward proxy for outgoing traffic; does not carry traffic yet");
        verb.SetAction(_ => Complaints.SayAsync(Refusal));
        return verb;
    }
}
