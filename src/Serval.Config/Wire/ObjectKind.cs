namespace Serval.Config.Wire;

/// <summary>The kinds of objects in a snapshot.</summary>
public enum ObjectKind
{
    /// <summary>A <see cref="Model.Listener"/>.</summary>
    Listener,

    /// <summary>An <see cref="Model.HttpRoute"/>.</summary>
    Route,

    /// <summary>A <see cref="Model.Cluster"/>.</summary>
    Cluster,

    /// <summary>An <see cref="Model.EndpointSet"/>.</summary>
    Endpoints,

    /// <summary>A <see cref="Model.TlsRoute"/>.</summary>
    TlsRoute,

    /// <summary>A <see cref="Model.Certificate"/>.</summary>
    Certificate,

    /// <summary>A <see cref="Model.Authority"/>.</summary>
    Authority,
}
