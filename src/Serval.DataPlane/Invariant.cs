using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Serval.DataPlane;

/// <summary>
/// Statements about our own state, never about bytes that a peer controls. They stay on in release: a router
/// in an impossible state stops with its reason, and is started again clean.
/// </summary>
internal static class Invariant
{
    /// <summary>Stops the process when <paramref name="holds"/> is false.</summary>
    public static void Check([DoesNotReturnIf(false)] bool holds, string statement)
    {
        if (!holds) Fail(statement);
    }

    /// <summary>Stops the process.</summary>
    [DoesNotReturn]
    public static void Fail(string statement, long detail = 0) =>
        Environment.FailFast(string.Create(CultureInfo.InvariantCulture, $"invariant: {statement} [{detail}]"));
}
