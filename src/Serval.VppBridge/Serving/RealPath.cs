namespace Serval.VppBridge.Serving;

/// <summary>Where a path ends once every link on its way is followed, those of folders included.</summary>
internal static class RealPath
{
    // As the kernel does (ELOOP).
    private const int LinksMost = 40;

    /// <summary>The path without links; what does not exist is taken as it is written.</summary>
    /// <exception cref="IOException">Too many links.</exception>
    public static string Of(string path)
    {
        var rest = new Stack<string>();
        Push(rest, Path.GetFullPath(path));
        string real = "/";
        int linksCount = 0;
        while (rest.TryPop(out string? part))
        {
            if (part is "" or ".")
                continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = Path.Join(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++linksCount > LinksMost)
                throw new IOException($"{path} leads through more than {LinksMost} links");
            if (target.StartsWith('/'))
                real = "/";
            Push(rest, target);
        }

        return real;
    }

    private static void Push(Stack<string> rest, string path)
    {
        foreach (string part in path.Split('/').Reverse())
            rest.Push(part);
    }
}
