using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serval.CommandLine.Roles;
using Serval.Control.Acme;
using Serval.Control.Supplementing;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval run PATH</c> and <c>serval run --kubernetes</c>: router and gateway in one process, configured
/// by files or by the Kubernetes API.
/// </summary>
internal static class RunVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string?> path = new("PATH")
        {
            Description = "A file or a folder with Gateway API YAML; watched for changes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> kubernetes = new("--kubernetes")
        {
            Description = "Read the objects of a Kubernetes API instead of PATH, and write their status",
        };
        Option<string?> stateDirectory = new("--state-dir")
        {
            HelpName = "DIR",
            Description = "Where the last good configuration is kept, for a start while files have errors",
        };
        Option<bool> selfSigned = new("--self-signed")
        {
            Description = "Sign certificates for HTTPS listeners whose Secret is in no file; no "
                + "client trusts them",
        };
        RouterFlags flags = new();
        Command verb = new("run", "Route as Gateway API files say, and follow their changes")
        {
            path,
            kubernetes,
            stateDirectory,
            selfSigned,
        };
        AcmeFlags acme = new();
        acme.AddTo(verb);
        GatewayFlags gatewayFlags = new();
        gatewayFlags.AddSourceTo(verb);
        flags.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(kubernetes) == (result.GetValue(path) is not null))
                result.AddError("Give either PATH or --kubernetes.");
            string? fault = acme.FindFault(
                result, result.GetValue(stateDirectory), result.GetValue(selfSigned));
            if (fault is not null)
                result.AddError(fault);
        });
        verb.SetAction(parsed => parsed.GetValue(path) is { } files
            ? RunAsync(
                parsed, flags, files, parsed.GetValue(stateDirectory), parsed.GetValue(selfSigned),
                acme.Read(parsed, parsed.GetValue(stateDirectory)))
            : RunAsync(parsed, flags, gatewayFlags));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RouterFlags flags, GatewayFlags gatewayFlags)
    {
        using ILoggerFactory loggers = flags.Loggers(parsed);
        AdminOptions admin = new(flags.Admin(parsed));
        RouterRole role = new("run", flags.Router(parsed), admin, flags.DrainLimit(parsed));
        return await role.RunAsync(
            services => ClusterSource.Create(
                gatewayFlags.Source(parsed), services.GetRequiredService<SerialPublisher>(), loggers),
            loggers);
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, RouterFlags flags, string path, string? stateDirectory, bool isSelfSigned,
        AcmeOptions? acme)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        using ILoggerFactory loggers = flags.Loggers(parsed);
        AdminOptions admin = new(flags.Admin(parsed));
        RouterRole role = new("run", flags.Router(parsed), admin, flags.DrainLimit(parsed));
        return await role.RunAsync(
            services =>
            {
                ILogger log = services.GetRequiredService<ILogger>();
                LastGood? lastGood = stateDirectory is null
                    ? null
                    : new LastGood(stateDirectory, TimeProvider.System, log);
                FileSupplement? supplement = acme is not null
                    ? new AcmeCertificates(acme, TimeProvider.System, log)
                    : isSelfSigned ? new SelfSignedCertificates(TimeProvider.System, log) : null;
                return new FileSource(
                    path, services.GetRequiredService<SerialPublisher>(), lastGood, supplement, log)
                    .ToRoleSource();
            },
            loggers);
    }
}
