namespace Serval.Control.Kubernetes.Resources;

/// <summary>An address that a Gateway asks for.</summary>
internal sealed record GatewayAddress
{
    public string Type { get; init => field = value ?? "IPAddress"; } = "IPAddress";

    public string Value { get; init => field = value ?? ""; } = "";
}
