using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Serval.Control.Acme;

/// <summary>
/// The key of an account: signs every request (RFC 7515, ES256) and proves control of names (RFC 8555 §8.1).
/// </summary>
internal sealed class AccountKey(ECDsa key) : IDisposable
{
    /// <summary>RFC 7638: SHA-256 of the public key in its canonical form.</summary>
    public string Thumbprint
    {
        get
        {
            JsonObject jwk = PublicKey();
            // Members in order of their names, without blanks.
            string canonical =
                $$"""{"crv":"{{jwk["crv"]}}","kty":"{{jwk["kty"]}}","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""";
            return Base64Url(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        }
    }

    /// <summary>A signed request.</summary>
    /// <param name="url">Where it goes.</param>
    /// <param name="nonce">What the authority gave against replays.</param>
    /// <param name="account">URL of the account; null before there is one.</param>
    /// <param name="payload">The content; null for POST-as-GET.</param>
    public JsonObject Sign(Uri url, string nonce, string? account, JsonNode? payload)
    {
        JsonObject header = new() { ["alg"] = "ES256", ["nonce"] = nonce, ["url"] = url.AbsoluteUri };
        if (account is null)
            header["jwk"] = PublicKey();
        else
            header["kid"] = account;
        string protectedPart = Base64Url(Encoding.UTF8.GetBytes(header.ToJsonString()));
        string content = payload is null ? "" : Base64Url(Encoding.UTF8.GetBytes(payload.ToJsonString()));
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes($"{protectedPart}.{content}"), HashAlgorithmName.SHA256);
        return new JsonObject
        {
            ["protected"] = protectedPart,
            ["payload"] = content,
            ["signature"] = Base64Url(signature),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    /// <summary>Base64 for URLs, without padding (RFC 7515 §2).</summary>
    public static string Base64Url(ReadOnlySpan<byte> bytes) =>
        System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private JsonObject PublicKey()
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["crv"] = "P-256",
            ["kty"] = "EC",
            ["x"] = Base64Url(parameters.Q.X),
            ["y"] = Base64Url(parameters.Q.Y),
        };
    }
}
