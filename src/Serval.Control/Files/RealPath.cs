namespace Serval.Control.Files;

/// <summary>Follows every symbolic link of a path, as realpath(3) does.</summary>
internal static class RealPath
{
    /// <summary>
    /// The path without links, or null when the links form a loop. What does not exist has no links.
    /// </summary>
    public static string? Of(string fullPath)
    {
        Stack<string> pending = new();
        Push(pending, fullPath);
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
            string? target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                current = next;
                continue;
            }
            if (++links > Limits.LinksMax)
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
