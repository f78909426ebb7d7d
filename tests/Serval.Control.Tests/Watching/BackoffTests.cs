using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Tests.Watching;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_a_bound_and_begin_anew_when_all_was_well_for_a_while()
    {
        ManualTime time = new();
        Backoff backoff = new(time, new Random(1));
        for (int least = KubernetesLimits.BackoffMs; least < KubernetesLimits.BackoffMaxMs; least *= 2)
            MustPause(least);
        MustPause(KubernetesLimits.BackoffMaxMs);
        time.Advance(KubernetesLimits.BackoffResetMs - 1);
        MustPause(KubernetesLimits.BackoffMaxMs);
        time.Advance(KubernetesLimits.BackoffResetMs);
        MustPause(KubernetesLimits.BackoffMs);

        void MustPause(int leastMs) =>
            Assert.InRange(backoff.Next().TotalMilliseconds, leastMs, 2 * leastMs);
    }
}
