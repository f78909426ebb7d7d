namespace Serval.DataPlane.Exchanges;

/// <summary>Facts about an exchange.</summary>
[Flags]
internal enum ExchangeFlags : uint
{
    None = 0,

    /// <summary>The request has been received whole.</summary>
    IsRequestDone = 1 << 0,

    /// <summary>
    /// Body bytes have left the downstream's input, so the request cannot be sent a second time.
    /// </summary>
    IsBodyTaken = 1 << 1,

    /// <summary>The final response head is on its way downstream.</summary>
    IsResponseStarted = 1 << 2,

    /// <summary>The response has been queued whole.</summary>
    IsResponseDone = 1 << 3,

    /// <summary>The downstream connection can carry another exchange afterwards.</summary>
    KeepsDownstream = 1 << 4,

    /// <summary>The upstream connection can carry another exchange afterwards.</summary>
    KeepsUpstream = 1 << 5,

    /// <summary>The client speaks HTTP/1.0: no chunks, no interim responses.</summary>
    IsHttp10 = 1 << 6,

    /// <summary>The request asks for a protocol upgrade.</summary>
    IsUpgrade = 1 << 7,

    /// <summary>The client sends nothing behind this request (RFC 9112 §9.6).</summary>
    IsLastOfClient = 1 << 8,

    /// <summary>The method may be sent again (RFC 9110 §9.2.2).</summary>
    IsIdempotent = 1 << 9,

    /// <summary>The final response head was given to the kernel, or tried to be.</summary>
    IsResponseFlushed = 1 << 10,

    /// <summary>The rule that was broken is one of the response, not of the request.</summary>
    IsResponseRefused = 1 << 13,

    /// <summary>It counts as in flight at its endpoint.</summary>
    IsAtEndpoint = 1 << 11,

    /// <summary>Its last attempt found that a kept connection had ended meanwhile.</summary>
    WasStale = 1 << 12,

    /// <summary>Its rule says how long upstreams are waited for, or that there is no bound.</summary>
    IsRouteTimed = 1 << 14,

    /// <summary>
    /// The client waits for 100 before it sends the body. After another answer nobody knows whether it will.
    /// </summary>
    ExpectsContinue = 1 << 15,

    /// <summary>It waits for its next attempt, without an upstream leg.</summary>
    IsBackingOff = 1 << 16,

    /// <summary>It is sent again although an endpoint has seen it, and counts as such.</summary>
    IsRepeating = 1 << 17,

    /// <summary>Its rule has copies made, and there may be some that lack a part of the body.</summary>
    IsMirrored = 1 << 18,

    /// <summary>Its client is a proxy that may say who asked.</summary>
    IsFromProxy = 1 << 19,

    /// <summary>That proxy has given it an id.</summary>
    HasGivenId = 1 << 20,
}
