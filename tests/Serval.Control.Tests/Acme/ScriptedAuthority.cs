using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Serval.Control.Tests.Acme;

/// <summary>
/// An authority that speaks ACME over clear text, issues for whatever is asked, and has the faults that a
/// test gives it. It believes whoever says that a challenge is answered. The real one of the integration
/// tests has none.
/// </summary>
internal sealed class ScriptedAuthority : IAsyncDisposable
{
    private readonly LocalServer _server;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly ConcurrentDictionary<string, string> _chains = [];
    private readonly ConcurrentDictionary<string, string> _names = [];
    private int _nonces;
    private int _orders;

    public ScriptedAuthority()
    {
        CertificateRequest request = new("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _root = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        _server = new LocalServer(AnswerAsync);
    }

    public Uri Root => _server.Root;

    public Uri Directory => new(Root, "directory");

    /// <summary>Every request, as <c>METHOD path</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Names that get a certificate for another key than the one asked for.</summary>
    public HashSet<string> WrongKeyFor { get; } = [];

    /// <summary>When set, every request of an account but that for a new one is refused, so often.</summary>
    public int ForgottenAccounts { get; set; }

    /// <summary>
    /// Names that must be proven, with the token of their challenges; others need no proof.
    /// </summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = [];

    /// <summary>Names whose orders are answered with something else than an order.</summary>
    public HashSet<string> OddAnswersFor { get; } = [];

    /// <summary>How long to wait before the next question for a window, in seconds.</summary>
    public int RetryAfter { get; set; } = 7_200;

    /// <summary>So many windows that it suggests have passed long ago; the later ones are far off.</summary>
    public int WindowsPassed { get; set; }

    /// <summary>
    /// Why no order may replace a certificate, as a type of problem; null when it may.
    /// </summary>
    public string? ReplacingProblem { get; set; }

    /// <summary>What orders have said that they replace.</summary>
    public ConcurrentQueue<string> Replaced { get; } = [];

    /// <summary>Where it says that it suggests windows for renewals.</summary>
    public string? RenewalUrl { get; set; }

    /// <summary>So often it has no use for the nonce of an order.</summary>
    public int BadNonces { get; set; }

    /// <summary>Names whose certificates come with so many bytes before them.</summary>
    public ConcurrentDictionary<string, int> BytesBefore { get; } = [];

    /// <summary>Whether it refuses to suggest a window.</summary>
    public bool SuggestsNothing { get; set; }

    /// <summary>
    /// So often an order is not ready yet although nothing is left to prove; until then it cannot be
    /// finalised.
    /// </summary>
    public int OrdersPending { get; set; }

    /// <summary>The next order is to prove these names, whatever it is for.</summary>
    public string[] StrangeNames { get; set; } = [];

    public int CountOf(string path) => Requests.Count(request =>
        request.Split(' ')[1].StartsWith(path, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _root.Dispose();
        _key.Dispose();
    }

    private async Task AnswerAsync(HttpListenerContext http)
    {
        string path = http.Request.Url!.AbsolutePath;
        Requests.Enqueue($"{http.Request.HttpMethod} {path}");
        JsonObject payload = await PayloadAsync(http.Request);
        http.Response.Headers["Replay-Nonce"] = $"{Interlocked.Increment(ref _nonces)}";
        (int status, string body) = Answer(http, path, payload);
        http.Response.StatusCode = status;
        http.Response.ContentType = body[0] is '{' or '[' ? "application/json" : "application/pem";
        if (http.Request.HttpMethod != "HEAD")
            await http.Response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes(body));
        http.Response.Close();
    }

    private (int Status, string Body) Answer(HttpListenerContext http, string path, JsonObject payload)
    {
        string[] parts = path.Trim('/').Split('/');
        if (parts[0] is "order" or "finalize" && ForgottenAccounts > 0)
        {
            ForgottenAccounts--;
            return Problem("accountDoesNotExist");
        }
        switch (parts[0])
        {
            case "directory":
                return (200, new JsonObject
                {
                    ["newNonce"] = Url("nonce"),
                    ["newAccount"] = Url("account"),
                    ["newOrder"] = Url("order"),
                    ["renewalInfo"] = RenewalUrl ?? Url("renewal"),
                }.ToJsonString());
            case "account":
                http.Response.Headers["Location"] = Url("account/1");
                return (201, "{}");
            case "order" when parts.Length == 1:
                return TakeOrder(http, payload);
            case "order":
                return (200, Order(parts[1]));
            case "proof":
                return (200, Proof("pending", parts[1], Url("challenge"), "token"));
            case "authorization":
                return (200, Authorization(parts[1]));
            case "finalize" when OrdersPending > 0:
                return Problem("orderNotReady");
            case "finalize":
                _chains[parts[1]] = Issue(payload["csr"]!.GetValue<string>());
                return (200, Order(parts[1]));
            case "certificate":
                int before = BytesBefore.GetValueOrDefault(_names[parts[1]]);
                return (200, new string('\n', before) + _chains[parts[1]]);
            case "renewal":
                return SuggestWindow(http);
            default:
                return (200, "{}");
        }
    }

    private (int Status, string Body) TakeOrder(HttpListenerContext http, JsonObject payload)
    {
        if (BadNonces > 0)
        {
            BadNonces--;
            return Problem("badNonce");
        }
        if (payload["replaces"] is { } replaced)
        {
            Replaced.Enqueue(replaced.ToString());
            if (ReplacingProblem is { } problem)
                return Problem(problem);
        }
        string name = payload["identifiers"]![0]!["value"]!.GetValue<string>();
        if (OddAnswersFor.Contains(name))
            return (201, "[1]");
        string order = $"{Interlocked.Increment(ref _orders)}";
        _names[order] = name;
        http.Response.Headers["Location"] = Url($"order/{order}");
        return (201, Order(order));
    }

    private (int Status, string Body) SuggestWindow(HttpListenerContext http)
    {
        if (SuggestsNothing)
            return Problem("serverInternal");
        http.Response.Headers["Retry-After"] = $"{RetryAfter}";
        int year = WindowsPassed-- > 0 ? 2020 : 2126;
        return (200, $$"""
            {"suggestedWindow":{"start":"{{year}}-01-01T00:00:00Z","end":"{{year}}-01-02T00:00:00Z"} }
            """);
    }

    private string Url(string path) => new Uri(Root, path).ToString();

    private string Authorization(string number) => Proof(
        CountOf($"/challenge/{number}") > 0 ? "valid" : "pending", _names[number],
        Url($"challenge/{number}"), Tokens[_names[number]]);

    private static string Proof(string status, string name, string challenge, string token) => new JsonObject
    {
        ["status"] = status,
        ["identifier"] = new JsonObject { ["type"] = "dns", ["value"] = name },
        ["challenges"] = new JsonArray(
        [
            .. new[] { "http-01", "tls-alpn-01" }.Select(type => new JsonObject
            {
                ["type"] = type,
                ["url"] = challenge,
                ["token"] = token,
            }),
        ]),
    }.ToJsonString();

    private string Order(string number)
    {
        JsonArray proofs = [.. StrangeNames.Select(name => (JsonNode)Url($"proof/{name}"))];
        StrangeNames = [];
        if (Tokens.ContainsKey(_names[number]))
            proofs.Add(Url($"authorization/{number}"));
        bool isPending = OrdersPending > 0;
        if (isPending)
            OrdersPending--;
        return new JsonObject
        {
            ["status"] = isPending ? "pending" : _chains.ContainsKey(number) ? "valid" : "ready",
            ["authorizations"] = proofs,
            ["finalize"] = Url($"finalize/{number}"),
            ["certificate"] = Url($"certificate/{number}"),
        }.ToJsonString();
    }

    private static (int Status, string Body) Problem(string type) =>
        (400, $$"""{"type":"urn:ietf:params:acme:error:{{type}}","detail":"no"}""");

    private string Issue(string csr)
    {
        CertificateRequest request = CertificateRequest.LoadSigningRequest(
            System.Buffers.Text.Base64Url.DecodeFromChars(csr), HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        string name = request.SubjectName.Name["CN=".Length..];
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (WrongKeyFor.Contains(name))
            request = new CertificateRequest(request.SubjectName, other, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using X509Certificate2 leaf = request.Create(
            _root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90),
            RandomNumberGenerator.GetBytes(8));
        return leaf.ExportCertificatePem() + "\n";
    }

    private static async Task<JsonObject> PayloadAsync(HttpListenerRequest request)
    {
        using StreamReader reader = new(request.InputStream);
        string text = await reader.ReadToEndAsync();
        if (text.Length == 0)
            return [];
        string payload = JsonNode.Parse(text)!["payload"]!.GetValue<string>();
        return payload.Length == 0
            ? []
            : (JsonObject)JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload))!;
    }
}
