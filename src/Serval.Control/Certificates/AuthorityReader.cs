using System.Text;
using Serval.Config;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Certificates;

/// <summary>Reads bundles of CA certificates out of ConfigMaps and Secrets.</summary>
internal static class AuthorityReader
{
    private const string Key = "ca.crt";

    /// <summary>The bundle, or why there is none, as a sentence about the object.</summary>
    public static (Authority? Authority, string Problem) Read(Resource resource) => resource switch
    {
        ConfigMapResource map => Read(map.Key.Path, map.Data.GetValueOrDefault(Key),
            map.BinaryData.GetValueOrDefault(Key)),
        // A name of three parts is never that of a ConfigMap.
        SecretResource secret => Read($"secret/{secret.Key.Path}",
            secret.StringData.GetValueOrDefault(Key), secret.Data.GetValueOrDefault(Key)),
        _ => (null, "It is neither a ConfigMap nor a Secret."),
    };

    private static (Authority? Authority, string Problem) Read(string name, string? text, string? encoded)
    {
        if (text is null && encoded is null)
            return (null, $"It has no {Key}; add it.");
        if (text is null && !TryDecode(encoded!, out text))
            return (null, $"{Key} is not base64; encode it.");
        if (text.Length > ConfigLimits.AuthorityLength)
            return (null, $"{Key} has more than {ConfigLimits.AuthorityLength} characters; shorten it.");
        if (!CertificateChain.TryReadAll(Encoding.UTF8.GetBytes(text), out string pem, out string problem))
            return (null, $"{Key} {problem}");
        return (new Authority(name, pem), "");
    }

    private static bool TryDecode(string encoded, out string text)
    {
        text = "";
        try
        {
            text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
