using Serval.Simulation.Tests.Http;

namespace Serval.Simulation.Tests.Actors;

/// <summary>
/// One exchange: what the client will send, what the upstream will answer, what either does wrong, and what
/// was seen of it. Both actors read it; Serval sees bytes only.
/// </summary>
internal sealed class ExchangePlan
{
    public required int Id { get; init; }

    public string Method { get; init; } = "GET";

    public required string Path { get; init; }

    public bool IsHttp10 { get; init; }

    public bool WantsClose { get; init; }

    public bool IsUpgrade { get; init; }

    public BodyPlan Request { get; init; } = BodyPlan.None;

    public int Status { get; init; } = 200;

    public BodyPlan Response { get; init; } = BodyPlan.None;

    public int Interims { get; init; }

    public bool UpstreamCloses { get; init; }

    public int PaddingBytes { get; init; }

    public UpstreamFault UpstreamFault { get; init; }

    public ClientFault ClientFault { get; init; }

    /// <summary>Where a fault strikes, in thousandths of the bytes.</summary>
    public int FaultPermille { get; init; }

    public long ThinkUs { get; init; }

    /// <summary>
    /// Bytes per second that the client and the upstream read and write; 0 for no bound.
    /// </summary>
    public int ClientReadRate { get; init; }

    public int ClientWriteRate { get; init; }

    public int UpstreamReadRate { get; init; }

    public int UpstreamWriteRate { get; init; }

    /// <summary>Bytes at the end of the request that come one by one, a second apart.</summary>
    public int DripBytes { get; init; }

    public bool IsIdempotent => Method is not ("POST" or "PATCH");

    /// <summary>No response body is sent for it, whatever its head says.</summary>
    public bool IsBodiless => Method == "HEAD" || Status is 204 or 304;

    public bool KeepsClient => !WantsClose && !IsUpgrade;

    // ---- what was seen ----

    public int TimesSeen { get; set; }

    public bool IsRequestWhole { get; set; }

    public string? VersionSeen { get; set; }

    public string? ClientAddress { get; set; }

    /// <summary>Where its client has connected to; 0 when the upstream is not told.</summary>
    public int Port { get; set; }

    public bool IsOf(string rule) => Path.StartsWith(rule, StringComparison.Ordinal);

    public bool IsSent { get; set; }

    public Delivery Delivery { get; set; } = Delivery.NotSent;

    public int StatusSeen { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>The connection had been promised to end, or had ended, before this one's turn.</summary>
    public bool IsBehindEnd { get; set; }

    /// <summary>Its client has ended its half in a way that may mean that it is gone.</summary>
    public bool MayBeGone { get; set; }

    public long EndedUs { get; set; }

    public long SentUs { get; set; }

    public bool WasSeenBeforeDrain { get; set; }
}
