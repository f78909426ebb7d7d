using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Control.Certificates;

namespace Serval.Control.Acme;

/// <summary>
/// One order from beginning to end: 1. order, 2. prove control of each name, 3. send the request
/// for the certificate, 4. fetch it (RFC 8555 §7.4).
/// </summary>
/// <remarks>Owner: one try.</remarks>
/// <param name="client">The account.</param>
/// <param name="challenges">Where answers to challenges are put, and taken away again.</param>
/// <param name="key">Says what the answers are.</param>
internal sealed class AcmeOrder(AcmeClient client, IChallengeAnswers challenges, AccountKey key)
{
    /// <summary>A chain and its new key, both PEM.</summary>
    /// <param name="names">Hostnames without wildcards.</param>
    /// <param name="replaces">
    /// What <see cref="RenewalWindow.IdOf"/> says of the certificate before; null for none.
    /// </param>
    /// <param name="stop">Ends the try.</param>
    /// <exception cref="AcmeException">The authority refuses.</exception>
    public async Task<(string ChainPem, string KeyPem)> RunAsync(
        IReadOnlyList<string> names, string? replaces, CancellationToken stop)
    {
        JsonObject wish = new()
        {
            ["identifiers"] = new JsonArray([.. names.Select(
                name => (JsonNode)new JsonObject { ["type"] = "dns", ["value"] = name })]),
        };
        (JsonObject order, Uri? location) = await PlaceAsync(wish, replaces, stop);
        if (location is null)
            throw new AcmeException("The authority gave the order no address.");
        JsonArray proofs = order["authorizations"] as JsonArray ?? [];
        if (proofs.Count > AcmeLimits.NamesMax)
            throw new AcmeException($"The authority asks for {proofs.Count} proofs of {names.Count} names.");
        foreach (JsonNode? url in proofs)
            await ProveAsync(names, UrlOf(url?.ToString(), "authorization"), stop);
        // An authority may take its time between the last proof and this (RFC 8555 §7.1.6).
        order = await client.PollAsync(location, json => Text(json, "status") != "pending", stop);
        if (Text(order, "status") == "invalid")
            throw Invalid(order);

        using ECDsa certificateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        JsonObject request = new() { ["csr"] = AccountKey.Base64Url(RequestFor(names, certificateKey)) };
        await client.PostAsync(UrlIn(order, "finalize"), request, stop);
        JsonObject done = await client.PollAsync(
            location, json => Text(json, "status") is "valid" or "invalid", stop);
        if (Text(done, "status") != "valid")
            throw Invalid(done);
        string chain = await client.DownloadAsync(UrlIn(done, "certificate"), stop);
        string keyPem = certificateKey.ExportPkcs8PrivateKeyPem();
        Check(chain, keyPem);
        return (chain, keyPem);
    }

    private static AcmeException Invalid(JsonObject order) =>
        new($"The order is invalid: {(order["error"] as JsonObject)?["detail"]}");

    private async Task<(JsonObject Order, Uri? Location)> PlaceAsync(
        JsonObject wish, string? replaces, CancellationToken stop)
    {
        Uri newOrder = await client.FindAsync("newOrder", stop);
        if (replaces is null || await client.TryFindAsync("renewalInfo", stop) is null)
            return await client.PostAsync(newOrder, wish, stop);
        JsonObject replacing = (JsonObject)wish.DeepClone();
        replacing["replaces"] = replaces;
        try
        {
            return await client.PostAsync(newOrder, replacing, stop);
        }
        catch (AcmeException)
        {
            // An order that was placed before a crash took its place, or the authority does not know the
            // certificate any more (RFC 9773 §5). To say what is replaced is a courtesy.
            return await client.PostAsync(newOrder, wish, stop);
        }
    }

    // What is held is replaced only by what can be served.
    private static void Check(string chainPem, string keyPem)
    {
        if (!CertificateChain.TryRead(
            Encoding.UTF8.GetBytes(chainPem), out CertificateChain? chain, out string problem))
            throw new AcmeException($"The authority's answer {problem}");
        using (chain)
        {
            if (PrivateKeyCheck.FindProblem(Encoding.UTF8.GetBytes(keyPem), chain.Leaf) is not null)
                throw new AcmeException("The authority's certificate is for another key than the order.");
        }
    }

    private async Task ProveAsync(IReadOnlyList<string> names, Uri url, CancellationToken stop)
    {
        (JsonObject authorization, _) = await client.PostAsync(url, null, stop);
        if (Text(authorization, "status") == "valid")
            return;
        string name = Text(authorization["identifier"] as JsonObject ?? [], "value");
        // The answer is put where this name leads to.
        if (!names.Contains(name, StringComparer.Ordinal))
            throw new AcmeException($"The authority asks for a proof of '{name}', which was not ordered.");
        ChallengeKind kind = challenges.KindFor(name);
        string type = kind == ChallengeKind.Http01 ? "http-01" : "tls-alpn-01";
        JsonObject challenge = (authorization["challenges"] as JsonArray ?? []).OfType<JsonObject>()
            .FirstOrDefault(one => Text(one, "type") == type)
            ?? throw new AcmeException($"The authority does not take {type} for {name}.");
        string token = Text(challenge, "token");
        // RFC 8555 §8.3: base64 for URLs. It becomes a path that is served.
        if (token.Length is 0 or > AcmeLimits.TokenLength
            || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new AcmeException($"The authority's token for {name} is not one of RFC 8555.");
        try
        {
            await challenges.PutAsync(kind, name, token, $"{token}.{key.Thumbprint}", stop);
            await client.PostAsync(UrlIn(challenge, "url"), new JsonObject(), stop);
            JsonObject done = await client.PollAsync(
                url, json => Text(json, "status") is not ("pending" or "processing"), stop);
            if (Text(done, "status") != "valid")
                throw new AcmeException($"{name} could not be proven: {ReasonOf(done)}");
        }
        finally
        {
            await challenges.RemoveAsync(token, CancellationToken.None);
        }
    }

    private static string ReasonOf(JsonObject authorization) =>
        (authorization["challenges"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(challenge => (challenge["error"] as JsonObject)?["detail"]?.ToString())
            .FirstOrDefault(detail => detail is not null) ?? Text(authorization, "status");

    private static byte[] RequestFor(IReadOnlyList<string> names, ECDsa certificateKey)
    {
        CertificateRequest request = new(
            new X500DistinguishedName("CN=" + (names[0].Length <= 64 ? names[0] : "certificate")),
            certificateKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        return request.CreateSigningRequest();
    }

    private static string Text(JsonObject owner, string name) => owner[name]?.ToString() ?? "";

    private static Uri UrlIn(JsonObject owner, string name) => UrlOf(Text(owner, name), name);

    private static Uri UrlOf(string? text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            ? url
            : throw new AcmeException($"The authority's answer has no {name}.");
}
