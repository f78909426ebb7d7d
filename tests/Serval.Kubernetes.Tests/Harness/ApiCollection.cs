namespace Serval.Kubernetes.Tests.Harness;

/// <summary>Tests that share one API server.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "API server";
}
