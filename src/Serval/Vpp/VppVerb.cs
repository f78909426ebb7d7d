using System.CommandLine;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp</c>: asks a running <c>serval vpp-gateway</c>, or tells it what to do.</summary>
internal static class VppVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        ServerFlags server = new();
        Command verb = new("vpp", """
            Ask and change VPP by way of a running vpp-gateway.
            Exit codes: 0 done, 2 usage, 3 not found, 4 refused, 5 unavailable, 6 denied, 7 changed
            meanwhile, 1 anything else
            """)
        {
            VersionVerb.Create(server),
            InterfacesVerb.Create(server),
            AclsVerb.Create(server),
            TunnelsVerb.Create(server),
            NatVerb.Create(server),
            StatsVerb.Create(server),
            EventsVerb.Create(server),
        };
        server.AddTo(verb);
        return verb;
    }
}
