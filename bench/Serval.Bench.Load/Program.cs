using Serval.Bench.Load;
using Serval.Bench.Load.Rivals;
using Serval.Bench.Load.Sieging;

// drive: one run against a proxy that is already there. bench: starts proxies in turn and writes the tables.
// siege: starts them in turn and sees whether they answer a stranger while many others hold them up.
try
{
    return args switch
    {
        ["drive", .. string[] rest] => DriveVerb.Run(rest),
        ["bench", .. string[] rest] => BenchVerb.Run(rest),
        ["siege", .. string[] rest] => SiegeVerb.Run(rest),
        _ => Usage(),
    };
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException)
{
    Console.Error.WriteLine($"bench: {e.Message}");
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Serval.Bench.Load drive|bench|siege [options]; see bench/README.md");
    return 2;
}
