using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>Sessions with endpoints, which a new connection resumes.</summary>
public sealed class TlsResumptionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_connection_to_an_endpoint_resumes_the_session_of_the_last(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: false, endpoints: true);
        SceneClient client = stage.Scene.Connect();
        for (int i = 0; i < 4; i++)
            Assert.EndsWith(TlsStage.Body, client.Get($"/{i}"), StringComparison.Ordinal);
        HandshakeCounters counters = stage.Scene.Counters.Handshakes;
        Assert.Equal(1, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: false));
        Assert.Equal(3, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: true));
    }
}
