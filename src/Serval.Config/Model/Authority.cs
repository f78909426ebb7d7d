namespace Serval.Config.Model;

/// <summary>Certificates that others must come from to be trusted. Public, so it is here whole.</summary>
/// <param name="Name">Unique name, <c>namespace/configmap</c> when it came from a ConfigMap.</param>
/// <param name="Pem">One certificate or more in PEM.</param>
public sealed record Authority(string Name, string Pem);
