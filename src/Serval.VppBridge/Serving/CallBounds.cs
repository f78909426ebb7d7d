namespace Serval.VppBridge.Serving;

/// <summary>The bounds of calls, as <see cref="Limits"/> says where a test does not lower them.</summary>
internal sealed record CallBounds
{
    /// <summary>The largest message taken, in bytes, before and after decompression.</summary>
    public int ReceiveBytesMax { get; init; } = Limits.ReceiveBytesMax;

    /// <summary>The largest message sent, in bytes.</summary>
    public int SendBytesMax { get; init; } = Limits.SendBytesMax;

    /// <summary>Calls in flight at once, streams included.</summary>
    public int CallsMax { get; init; } = Limits.CallsMax;

    /// <summary>The deadline of a unary call that sets none, and the longest one granted.</summary>
    public TimeSpan UnaryDeadlineMax { get; init; } = TimeSpan.FromSeconds(Limits.UnaryDeadlineMaxS);
}
