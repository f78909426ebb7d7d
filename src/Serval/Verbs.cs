using System.CommandLine;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary>The verbs of the command line.</summary>
internal static class Verbs
{
    /// <summary>All of them, in the order in which the help names them.</summary>
    public static Command[] All() =>
    [
        RunVerb.Create(),
        RouterVerb.Create(),
        GatewayVerb.Create(),
        StatusVerb.Create(),
        ValidateVerb.Create(),
        ExplainVerb.Create(),
        ReadyVerb.Create(),
        EchoVerb.Create(),
        EgressVerb.Create(),
        VppGatewayVerb.Create(),
        VppVerb.Create(),
    ];
}
