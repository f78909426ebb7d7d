namespace Serval.Bench.Micro;

/// <summary>What tells the routes of a set apart.</summary>
public enum RouteShape
{
    /// <summary>Each route has a hostname of its own.</summary>
    ByHost,

    /// <summary>All routes share one hostname; each has a path prefix of its own.</summary>
    ByPath,
}
