namespace Serval.DataPlane.Rings;

/// <summary>
/// The error numbers that Serval decides on (asm-generic/errno.h; the same on x64 and arm64).
/// </summary>
internal static class Errno
{
    public const int Perm = 1;
    public const int Intr = 4;
    public const int Badf = 9;
    public const int Again = 11;
    public const int Nomem = 12;
    public const int Acces = 13;
    public const int Busy = 16;
    public const int Inval = 22;
    public const int Nfile = 23;
    public const int Mfile = 24;
    public const int Pipe = 32;
    public const int Nosys = 38;
    public const int Time = 62;
    public const int Nonet = 64;
    public const int Proto = 71;
    public const int Badfd = 77;
    public const int Noprotoopt = 92;
    public const int Opnotsupp = 95;
    public const int Addrinuse = 98;
    public const int Addrnotavail = 99;
    public const int Netdown = 100;
    public const int Netunreach = 101;
    public const int Connaborted = 103;
    public const int Connreset = 104;
    public const int Nobufs = 105;
    public const int Timedout = 110;
    public const int Connrefused = 111;
    public const int Hostdown = 112;
    public const int Hostunreach = 113;
    public const int Already = 114;
    public const int Canceled = 125;

    private const int NamesMax = 134;
    private static readonly string[] Names = NamesOfAll();

    /// <summary>The name alone, e.g. ECONNREFUSED; makes no new text.</summary>
    public static string Name(int errno) => (uint)errno < (uint)Names.Length ? Names[errno] : "unknown";

    /// <summary>Name and meaning for a log line.</summary>
    public static string Describe(int errno) => errno switch
    {
        Perm => "EPERM (not permitted)",
        Intr => "EINTR (interrupted)",
        Badf => "EBADF (descriptor is closed)",
        Again => "EAGAIN (try again)",
        Nomem => "ENOMEM (out of memory or over the memlock limit)",
        Acces => "EACCES (permission denied)",
        Busy => "EBUSY (busy)",
        Inval => "EINVAL (the kernel does not know this operation or flag)",
        Nfile => "ENFILE (system is out of descriptors)",
        Mfile => "EMFILE (process is out of descriptors)",
        Pipe => "EPIPE (peer closed)",
        Nosys => "ENOSYS (system call is missing or blocked by seccomp)",
        Time => "ETIME (timer expired)",
        Proto => "EPROTO (protocol error)",
        Opnotsupp => "EOPNOTSUPP (not supported)",
        Addrinuse => "EADDRINUSE (address and port are taken)",
        Addrnotavail => "EADDRNOTAVAIL (no such local address)",
        Netdown => "ENETDOWN (network is down)",
        Netunreach => "ENETUNREACH (network is unreachable)",
        Connaborted => "ECONNABORTED (aborted)",
        Connreset => "ECONNRESET (reset by peer)",
        Nobufs => "ENOBUFS (no buffer)",
        Timedout => "ETIMEDOUT (timed out)",
        Connrefused => "ECONNREFUSED (refused)",
        Hostdown => "EHOSTDOWN (host is down)",
        Hostunreach => "EHOSTUNREACH (no route to host)",
        Canceled => "ECANCELED (cancelled)",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"unexpected errno {errno}"),
    };

    private static string[] NamesOfAll()
    {
        string[] names = new string[NamesMax];
        for (int errno = 0; errno < names.Length; errno++)
        {
            string text = Describe(errno);
            names[errno] = text[0] == 'E' ? text[..text.IndexOf(' ', StringComparison.Ordinal)] : text;
        }

        return names;
    }
}
