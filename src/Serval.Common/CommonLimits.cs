namespace Serval.Common;

/// <summary>Bounds of what every part of Serval shares.</summary>
public static class CommonLimits
{
    /// <summary>Symbolic links followed in one path, as the kernel does (ELOOP).</summary>
    public const int LinksMax = 40;
}
