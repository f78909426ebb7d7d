namespace Serval.Bench.Load.Kernel;

/// <summary>A socket in the event loop: a listener, a client connection or an origin connection.</summary>
internal interface IPolled
{
    /// <summary>Called on an edge; reads or writes until the socket would block.</summary>
    void OnReady(uint events);
}
