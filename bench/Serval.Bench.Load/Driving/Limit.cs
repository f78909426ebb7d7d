namespace Serval.Bench.Load.Driving;

/// <summary>What kept a run from being faster.</summary>
internal enum Limit
{
    /// <summary>The proxy's core: the figures say what the proxy can do.</summary>
    Proxy,

    /// <summary>The generator's core: the proxy could do more than the requests per second say.</summary>
    Generator,

    /// <summary>Other programs on the cores.</summary>
    Neighbours,

    /// <summary>Nothing: the rate was given, or there were no requests to be made.</summary>
    Rate,

    /// <summary>
    /// Neither core: both sides waited for each other, as they do when connections are few.
    /// </summary>
    Waiting,
}
