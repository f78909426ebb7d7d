namespace Serval.Control.Kubernetes.Api;

/// <summary>The API server refused, or answered with something that cannot be read.</summary>
internal sealed class ApiException(ApiFault fault) : Exception(fault.ToString())
{
    /// <summary>Why.</summary>
    public ApiFault Fault => fault;
}
