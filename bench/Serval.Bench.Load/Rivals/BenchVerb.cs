namespace Serval.Bench.Load.Rivals;

internal static class BenchVerb
{
    public static int Run(string[] args) => args.Length;
}
