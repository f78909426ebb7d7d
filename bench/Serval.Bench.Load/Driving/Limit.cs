namespace Serval.Bench.Load.Driving;

/// <summary>What kept a closed loop from being faster.</summary>
internal enum Limit
{
    /// <summary>The proxy's core: the figures say what the proxy can do.</summary>
    Proxy,

    /// <summary>The generator's core: the proxy could do more than the requests per second say.</summary>
    Generator,

    /// <summary>Other programs on the cores.</summary>
    Neighbours,

    /// <summary>Neither: both waited for each other, as few connections do, or the rate was given.</summary>
    Waiting,
}
