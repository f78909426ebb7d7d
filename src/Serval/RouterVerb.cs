using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.CommandLine.Roles;
using Serval.Config.Validating;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary><c>serval router</c>: a data plane that is fed by <c>PUT /config</c> on its admin API.</summary>
internal static class RouterVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> stateDirectory = new("--state-dir")
        {
            HelpName = "DIR",
            Description = "Where the last accepted configuration is kept; it is served after a restart",
            DefaultValueFactory = _ => "/var/lib/serval",
        };
        Option<string?> stateKey = new("--state-key-file")
        {
            HelpName = "FILE",
            Description = "Keep the keys of certificates in --state-dir, sealed with the content of this "
                + "file; without it a restart waits for the gateway to bring them",
        };
        RouterFlags flags = new();
        AdminFlags adminFlags = new();
        Command verb = new("router", "Route as PUT /config on the admin API says")
        {
            stateDirectory,
            stateKey,
        };
        flags.AddTo(verb);
        adminFlags.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (adminFlags.NamesPort(result) && flags.NamesAdmin(result))
                result.AddError("Give either --admin ADDR:PORT or --admin-port PORT.");
        });
        verb.SetAction(parsed => RunAsync(
            parsed, flags, adminFlags, parsed.GetValue(stateDirectory)!, parsed.GetValue(stateKey)));
        return verb;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, RouterFlags flags, AdminFlags adminFlags, string stateDirectory, string? stateKey)
    {
        using ILoggerFactory loggers = flags.Loggers(parsed);
        AdminOptions admin;
        SealedSecrets? sealedSecrets;
        try
        {
            sealedSecrets = stateKey is null ? null : SealedSecrets.Open(stateDirectory, stateKey);
            admin = adminFlags.Read(parsed, flags.Admin(parsed), loggers.CreateLogger("serval"));
        }
        catch (OptionException fault)
        {
            return await Complaints.SayAsync(fault.Message);
        }

        RouterRole role = new(
            "router", flags.Router(parsed), admin, flags.DrainLimit(parsed), sealedSecrets);
        return await role.RunAsync(services => Source(stateDirectory, services), loggers);
    }

    private static RoleSource Source(string stateDirectory, IServiceProvider services)
    {
        SerialPublisher publisher = services.GetRequiredService<SerialPublisher>();
        SecretKeeper secrets = services.GetRequiredService<SecretKeeper>();
        ILogger log = services.GetRequiredService<ILogger>();
        LastGood lastGood = new(stateDirectory, TimeProvider.System, log);
        lastGood.Probe();
        return new RoleSource
        {
            Findings = () => lastGood.Findings,
            FeedAsync = StartFromDiskAsync,
            Publish = (snapshot, term, stop) => publisher.PushAsync(snapshot, term, lastGood.Keep, stop),
            PublishDelta = (delta, term, stop) => publisher.PushAsync(delta, term, lastGood.KeepSoon, stop),
            PutSecrets = (push, _) => Task.FromResult(secrets.Take(push)),
        };

        async Task StartFromDiskAsync(Action started, CancellationToken stop)
        {
            KeptSnapshot? kept = lastGood.Find(out ImmutableArray<Finding> findings);
            foreach (Finding finding in findings)
                Log.ErrorFound(log, finding.ToLogText());
            if (kept is not null)
            {
                secrets.Restore();
                await publisher.RestoreAsync(kept.Snapshot, kept.Term, stop);
                string[] waiting =
                    [.. secrets.Certificates.Where(one => !one.IsHeld).Select(one => one.Name)];
                if (waiting.Length > 0)
                    Log.WaitsForKeys(log, string.Join(", ", waiting));
            }
            else if (findings.IsEmpty)
                Log.NothingKept(log, stateDirectory);
            started();
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lastGood.KeepWaiting();
        }
    }
}
