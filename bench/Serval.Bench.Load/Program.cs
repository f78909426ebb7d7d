using Serval.Bench.Load;
using Serval.Bench.Load.Rivals;

// drive: one run against a proxy that is already there. bench: starts proxies in turn and writes the tables.
try
{
    return args switch
    {
        ["drive", .. string[] rest] => DriveVerb.Run(rest),
        ["bench", .. string[] rest] => BenchVerb.Run(rest),
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
    Console.Error.WriteLine("usage: Serval.Bench.Load drive|bench [options]; see bench/README.md");
    return 2;
}
