using System.Globalization;

namespace Serval.Bench.Bare;

/// <summary>What can be switched, to see what each feature of the kernel brings.</summary>
internal sealed class Settings(string[] args)
{
    public int Port => Number("--port", 0);

    public int OriginPort => Number("--origin", 0);

    /// <summary>One receive per submission instead of multishot.</summary>
    public bool IsSingleReceive => args.Contains("--single");

    /// <summary>Single receives wait for data before their first attempt.</summary>
    public bool IsPollFirst => args.Contains("--poll-first");

    /// <summary>Sockets in the ring's own table instead of the process's.</summary>
    public bool IsDirect => args.Contains("--direct");

    public bool IsRingUnregistered => args.Contains("--no-ring-fd");

    /// <summary>Neither DEFER_TASKRUN nor SINGLE_ISSUER.</summary>
    public bool IsNotDeferred => args.Contains("--no-defer");

    /// <summary>Completions to wait for, with <see cref="MinWaitUs"/> as the patience.</summary>
    public int WaitCount => Number("--wait-count", 1);

    public int MinWaitUs => Number("--min-wait", 0);

    /// <summary>Never sleep.</summary>
    public bool IsSpinning => args.Contains("--spin");

    public int BufferCount => Number("--buffers", 1024);

    public int BufferBytes => Number("--buffer-bytes", 16384);

    /// <summary>One completion for all that has come, over several buffers.</summary>
    public bool IsBundling => args.Contains("--bundle");

    /// <summary>From how many bytes on sends are made without a copy; 0 for never.</summary>
    public int ZeroCopyBytes => Number("--zero-copy", 0);

    public bool HasStatistics => args.Contains("--statistics");

    private int Number(string name, int otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
