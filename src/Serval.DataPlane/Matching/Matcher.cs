using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Http;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Matching;

/// <summary>
/// From what a request says to a rule, and from a rule to a backend. Changes nothing but the path that a
/// listener's policy makes of what was sent, and the random bits.
/// Owner: one worker. Thread: the worker's.
/// </summary>
/// <param name="reader">The reader of regular expressions that this worker is, from 1.</param>
/// <param name="routerPolicy">What becomes of paths where a listener does not say.</param>
/// <param name="random">What backends are drawn from.</param>
internal sealed class Matcher(int reader, PathPolicy routerPolicy, RandomSource random)
{
    /// <summary>
    /// Applies a listener's policy to the path of a request: the rule that the path breaks, or None.
    /// </summary>
    public Rejection ApplyPolicy(
        PublishedSnapshot published, int listener, RequestFields head, ReadOnlySpan<byte> text)
    {
        PathPolicy policy = published.Tables.Source.Listeners[listener].PathPolicy;
        return head.ApplyPathPolicy(text, policy == PathPolicy.Router ? routerPolicy : policy);
    }

    /// <summary>
    /// Finds the rule of a request on a listener; its id is -1 for none. <paramref name="host"/> is what
    /// <see cref="RequestFields.CopyHostLower"/> wrote; <paramref name="method"/> is the request's, or the
    /// one that a preflight asks for.
    /// </summary>
    public RouteHit Match(
        PublishedSnapshot published, ListenerHit listener, ReadOnlySpan<byte> host, RequestFields head,
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> method)
    {
        scoped RequestHeaderView headers = new(head, text);
        RequestTarget target = new()
        {
            Reader = reader,
            Host = host,
            Method = method,
            Path = head.MatchedPath(text),
            Query = head.QueryRange.Of(text),
        };
        return published.Tables.Match(listener, in target, ref headers);
    }

    /// <summary>
    /// Draws a backend of a rule by weight; false when the draw falls on a reference that does not resolve,
    /// or when there is nothing to draw from.
    /// </summary>
    public bool TryDraw(PublishedSnapshot published, in CompiledRule rule, out CompiledBackend backend)
    {
        backend = default;
        if (rule.WeightTotal <= 0) return false;
        ReadOnlySpan<CompiledBackend> backends = published.Tables.Backends(rule.Backends);
        int draw = backends.Length == 1 ? 0 : random.Bits.Below(rule.WeightTotal);
        int index = 0;
        while (backends[index].CumulativeWeight <= draw) index++;
        backend = backends[index];
        return backend.ClusterIndex >= 0;
    }
}
