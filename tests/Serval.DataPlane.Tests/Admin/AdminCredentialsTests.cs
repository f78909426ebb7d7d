using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Serval.Common.Access;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Tests.Tls;

namespace Serval.DataPlane.Tests.Admin;

/// <summary>Who is let in where the admin API asks for credentials.</summary>
public sealed class AdminCredentialsTests : IDisposable
{
    private const string Secret = "0123456789abcdef";
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private static readonly IPEndPoint Everywhere = new(IPAddress.Any, 9901);
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-admin-").FullName;
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void TLS_without_client_certificates_proves_nothing_of_who_calls()
    {
        AdminTls tls = new(Shown(), Clients: null);
        AdminOptions open = new(Everywhere) { Tls = tls };
        Assert.False(open.AsksForCredentials);
        Assert.NotNull(open.FindFault());
        Assert.Null((open with { Tls = tls with { Clients = Clients() } }).FindFault());
        Assert.Null((open with { Token = Token() }).FindFault());
    }

    [Theory]
    [InlineData("leader", null, null)]
    [InlineData("Leader", null, 403)]
    [InlineData("other", null, 403)]
    [InlineData(null, null, 401)]
    [InlineData("other", Secret, null)]
    [InlineData("other", "0123456789abcdeF", 403)]
    public void A_certificate_of_another_name_is_refused_also_where_a_token_would_do(
        string? name, string? token, int? status)
    {
        DefaultHttpContext http = new();
        http.Request.Method = "GET";
        http.Request.Path = "/config";
        http.Request.Headers.Authorization = token is null ? null : $"Bearer {token}";
        using X509Certificate2? certificate =
            name is null ? null : _authority.Issue(name, []).ForSslStream();
        http.Connection.ClientCertificate = certificate;
        AdminOptions options = new(Everywhere)
        {
            Token = Token(),
            Tls = new AdminTls(Shown(), Clients("leader")),
        };
        Assert.Equal(status, AdminGate.FindRefusal(http, options)?.Status);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(ForClients, true)]
    [InlineData(ForServers, false)]
    public void A_certificate_is_one_for_clients(string? purpose, bool isTrusted)
    {
        using X509Certificate2 certificate =
            _authority.Issue("leader", [], purpose: purpose).ForSslStream();
        Assert.Equal(isTrusted, Clients().IsTrusted(certificate, presented: null));
        using TestAuthority other = new();
        using X509Certificate2 forged = other.Issue("leader", [], purpose: purpose).ForSslStream();
        Assert.False(Clients().IsTrusted(forged, presented: null));
    }

    [Fact]
    public void A_damaged_file_is_reported_once_and_the_last_good_content_stays()
    {
        List<string> faults = [];
        string path = Write("token", Secret);
        FileBacked<BearerToken> token = new([path], () => BearerToken.Read(path), faults.Add);
        BearerToken good = token.Current;
        Write("token", "short");
        Assert.Same(good, token.Current);
        Assert.Same(good, token.Current);
        Assert.Contains(path, Assert.Single(faults), StringComparison.Ordinal);
        Write("token", "fedcba9876543210fedcba");
        Assert.True(token.Current.Accepts("Bearer fedcba9876543210fedcba"));
        Assert.Single(faults);
    }

    private FileBacked<BearerToken> Token()
    {
        string path = Write("token", Secret);
        return new FileBacked<BearerToken>([path], () => BearerToken.Read(path), Fail);
    }

    private ClientAuthority Clients(params string[] names) =>
        new(Write("authority.crt", _authority.Pem), names, Fail);

    private ServerCertificate Shown()
    {
        IssuedPair pair = _authority.Issue("router", ["router"]);
        return new ServerCertificate(
            Write("router.crt", pair.ChainPem), Write("router.key", pair.KeyPem), Fail);
    }

    private static void Fail(string reason) => Assert.Fail(reason);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
