namespace Serval.Config.Model;

/// <summary>Which endpoints of a Service that spans clusters are preferred (Cilium Cluster Mesh).</summary>
public enum EndpointAffinity
{
    /// <summary>All are equal.</summary>
    None,

    /// <summary>Those of the router's own cluster.</summary>
    Local,

    /// <summary>Those of other clusters.</summary>
    Remote,
}
