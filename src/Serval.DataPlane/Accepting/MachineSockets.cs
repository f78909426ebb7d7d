using System.Net;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Accepting;

/// <summary>The machine's listening sockets.</summary>
/// <param name="unacknowledgedMs">How long clients may leave bytes unacknowledged.</param>
internal sealed class MachineSockets(int unacknowledgedMs = Limits.UnacknowledgedMsMin) : ISocketOpener
{
    /// <inheritdoc/>
    public int Probe(IPEndPoint endpoint) => Listening.Probe(endpoint);

    /// <inheritdoc/>
    public int Open(IPEndPoint endpoint) => Listening.Open(endpoint, unacknowledgedMs);

    /// <inheritdoc/>
    public void Close(int descriptor) => Listening.Close(descriptor);
}
