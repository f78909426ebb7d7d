using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Serval.CommandLine.Echo;
using Serval.CommandLine.Roles;
using Serval.Common.Addressing;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary><c>serval echo</c>: a demo upstream.</summary>
internal static class EchoVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string[]> listen = new("--listen")
        {
            HelpName = "ADDR:PORT",
            Description = "Where to listen; may be given several times; port 0 takes a free one",
            DefaultValueFactory = _ => ["127.0.0.1:3001"],
        };
        Command verb = new(
            "echo",
            "Run a demo upstream that says what it was asked; also /status/N /bytes/N /delay/MS /mirror")
        {
            listen,
        };
        verb.SetAction(parsed => RunAsync(parsed.GetValue(listen)!));
        return verb;
    }

    private static async Task<int> RunAsync(string[] addresses)
    {
        ImmutableArray<IPEndPoint>.Builder endpoints = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (string address in addresses)
        {
            if (!Endpoints.TryParse(address, out IPEndPoint? endpoint))
                return await Complaints.SayAsync(
                    $"{address} is not an address and port, such as 127.0.0.1:3001", ExitCodes.Usage);
            endpoints.Add(endpoint);
        }
        using ILoggerFactory loggers = Logging.Create(LogLevel.Information, LogFormat.Text);
        ILogger log = loggers.CreateLogger("serval");
        using StopSignals signals = new();
        try
        {
            await using SlimServer server = await EchoServer.StartAsync(
                endpoints.ToImmutable(), loggers, CancellationToken.None);
            foreach (IPEndPoint endpoint in server.Endpoints)
                Log.EchoListening(log, endpoint.ToString());
            await signals.First;
        }
        catch (IOException fault)
        {
            Log.CannotStart(log, fault.Message);
            return 1;
        }
        return 0;
    }
}
