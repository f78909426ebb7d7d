using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.CommandLine.Roles;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary><c>serval gateway</c>: a Gateway API controller that pushes to routers.</summary>
internal static class GatewayVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        GatewayFlags flags = new();
        Option<IPEndPoint> admin = RouterFlags.AdminOption(9902);
        AdminFlags adminFlags = new();
        LoggingFlags logging = new();
        Command verb = new("gateway", "Watch the Kubernetes API, push to routers, write status");
        flags.AddSourceTo(verb);
        flags.AddRoutersTo(verb);
        verb.Options.Add(admin);
        adminFlags.AddTo(verb);
        logging.AddTo(verb);
        verb.SetAction(async parsed =>
        {
            using ILoggerFactory loggers = logging.Create(parsed);
            AdminOptions access;
            try
            {
                access = adminFlags.Read(parsed, parsed.GetValue(admin)!, loggers.CreateLogger("serval"));
            }
            catch (OptionException fault)
            {
                return await Complaints.SayAsync(fault.Message);
            }
            return await new GatewayRole(flags.WithRouters(parsed), access).RunAsync(loggers);
        });
        return verb;
    }
}
