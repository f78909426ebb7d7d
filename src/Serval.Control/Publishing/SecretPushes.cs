using System.Collections.Immutable;
using Serval.Config.Secrets;

namespace Serval.Control.Publishing;

/// <summary>Divides key pairs among pushes that a router takes. Pure.</summary>
internal static class SecretPushes
{
    /// <summary>
    /// The pairs in their order, as many in each push as <see cref="PublishingLimits.KeyPairsPerPush"/> and
    /// <see cref="PublishingLimits.SecretBytesPerPush"/> allow, and at least one.
    /// </summary>
    public static IEnumerable<ImmutableArray<KeyPair>> Of(IEnumerable<KeyPair> pairs)
    {
        List<KeyPair> push = [];
        long bytes = 0;
        foreach (KeyPair pair in pairs)
        {
            long added = SecretsJson.LengthMax(pair);
            if (push.Count == PublishingLimits.KeyPairsPerPush
                || (push.Count > 0 && bytes + added > PublishingLimits.SecretBytesPerPush))
            {
                yield return [.. push];
                push.Clear();
                bytes = 0;
            }
            push.Add(pair);
            bytes += added;
        }
        if (push.Count > 0)
            yield return [.. push];
    }
}
