namespace Serval.Delivery.Tests.Cluster;

/// <summary>Tests that share one API server.</summary>
[CollectionDefinition(Name)]
public sealed class KubeCollection : ICollectionFixture<KubeServer>
{
    public const string Name = "API server";
}
