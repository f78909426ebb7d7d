using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Serval.DataPlane;

/// <summary>
/// Statements about our own state, never about bytes that a peer controls. They stay on in release: a router
/// in an impossible state stops with its reason, and is started again clean.
/// </summary>
internal static class Invariant
{
    /// <summary>
    /// Ends the process. The simulation ends its run instead, so that it can name the seed.
    /// </summary>
    internal static Action<string> Stop { get; set; } = Environment.FailFast;

    /// <summary>Stops the process when <paramref name="holds"/> is false.</summary>
    public static void Check([DoesNotReturnIf(false)] bool holds, string statement)
    {
        if (!holds) Fail(statement);
    }

    /// <summary>Stops the process.</summary>
    [DoesNotReturn]
    public static void Fail(string statement, long detail = 0)
    {
        Stop(string.Create(CultureInfo.InvariantCulture, $"invariant: {statement} [{detail}]"));
        throw new UnreachableException(statement);
    }
}
