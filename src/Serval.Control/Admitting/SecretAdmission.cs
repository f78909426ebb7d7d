using System.Buffers.Text;
using System.Text;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>The shape of Secrets. Findings name keys, never what they hold.</summary>
internal static class SecretAdmission
{
    public static void Check(SecretResource secret, FindingList findings)
    {
        foreach ((string key, string value) in secret.Data)
        {
            if (!Base64.IsValid(value))
            {
                findings.Error($"data[{key}]", Reason.InvalidValue,
                    "This is not base64; encode it, or use stringData for plain text.");
            }
        }
        if (findings.HasErrors || secret.Type != "kubernetes.io/tls")
            return;
        CheckPem(secret, "tls.crt", "CERTIFICATE", findings);
        CheckPem(secret, "tls.key", "PRIVATE KEY", findings);
    }

    private static void CheckPem(SecretResource secret, string key, string label, FindingList findings)
    {
        string? text = secret.StringData.GetValueOrDefault(key);
        if (text is null && secret.Data.TryGetValue(key, out string? encoded))
            text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
        if (text is null)
        {
            findings.Error($"data[{key}]", Reason.MissingField,
                $"A Secret of type kubernetes.io/tls needs '{key}'; add it.");
        }
        else if (!text.Contains("-----BEGIN ", StringComparison.Ordinal)
            || !text.Contains($"{label}-----", StringComparison.Ordinal))
        {
            findings.Warning($"data[{key}]", Reason.InvalidValue,
                $"This is not a PEM block of type {label}.");
        }
    }
}
