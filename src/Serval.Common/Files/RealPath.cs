namespace Serval.Common.Files;

/// <summary>Follows every symbolic link of a path, also of its folders, as realpath(3) does.</summary>
public static class RealPath
{
    /// <summary>
    /// The absolute path without links; null if there are more than
    /// <see cref="CommonLimits.LinksMax"/>, as in a loop. What does not exist has no links.
    /// </summary>
    public static string? Of(string path)
    {
        Stack<string> pending = new();
        Push(pending, Path.GetFullPath(path));
        string current = "/";
        int links = 0;
        while (pending.TryPop(out string? name))
        {
            if (name == "..")
            {
                current = Path.GetDirectoryName(current) ?? "/";
                continue;
            }
            string next = Path.Join(current, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }
            if (++links > CommonLimits.LinksMax)
                return null;
            if (Path.IsPathRooted(target))
                current = "/";
            Push(pending, target);
        }
        return current;
    }

    private static void Push(Stack<string> pending, string path)
    {
        foreach (string name in path.Split('/').Reverse())
        {
            if (name.Length > 0 && name != ".")
                pending.Push(name);
        }
    }
}
