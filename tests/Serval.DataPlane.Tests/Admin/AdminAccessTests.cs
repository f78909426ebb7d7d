using System.Net;
using Microsoft.AspNetCore.Http;
using Serval.Common.Access;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class AdminAccessTests
{
    private const string Secret = "0123456789abcdef";
    private static readonly AdminOptions Local = new(new IPEndPoint(IPAddress.Loopback, 0));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("192.0.2.1", false)]
    public void Without_a_token_only_loopback_is_allowed(string address, bool isAllowed)
    {
        AdminOptions options = new(new IPEndPoint(IPAddress.Parse(address), 9901));
        Assert.Equal(isAllowed, options.FindFault() is null);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LocalHost:9901", true)]
    [InlineData("127.0.0.1:9901", true)]
    [InlineData("[::1]:9901", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("evil-localhost", false)]
    [InlineData("", false)]
    public void A_foreign_Host_is_refused(string host, bool isAllowed)
    {
        DefaultHttpContext http = new();
        http.Request.Method = "GET";
        http.Request.Headers.Host = host;
        Assert.Equal(isAllowed, AdminGate.FindRefusal(http, Local) is null);
    }

    [Theory]
    [InlineData("GET", null, true)]
    [InlineData("GET", "http://evil.example", true)]
    [InlineData("POST", null, true)]
    [InlineData("POST", "http://evil.example", false)]
    [InlineData("POST", "null", false)]
    public void A_web_page_may_not_write(string method, string? origin, bool isAllowed)
    {
        DefaultHttpContext http = new();
        http.Request.Method = method;
        http.Request.Headers.Host = "localhost";
        http.Request.Headers.Origin = origin;
        Assert.Equal(isAllowed, AdminGate.FindRefusal(http, Local) is null);
    }

    [Theory]
    [InlineData("Bearer 0123456789abcdef", true)]
    [InlineData("bearer  0123456789abcdef ", true)]
    [InlineData("Bearer 0123456789abcdeF", false)]
    [InlineData("Bearer 0123456789abcde", false)]
    [InlineData("Bearer 0123456789abcdef0", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Basic 0123456789abcdef", false)]
    [InlineData("0123456789abcdef", false)]
    [InlineData(null, false)]
    public void Only_the_token_is_accepted(string? authorization, bool isAccepted)
    {
        Assert.True(BearerToken.TryCreate($"{Secret}\n", out BearerToken? token));
        Assert.Equal(isAccepted, token.Accepts(authorization));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789 abcdef")]
    [InlineData("0123456789abcdefé")]
    public void A_short_or_unsendable_token_is_refused(string text)
    {
        Assert.False(BearerToken.TryCreate(text, out _));
    }

    [Fact]
    public void A_token_prints_nothing_of_itself()
    {
        Assert.True(BearerToken.TryCreate(Secret, out BearerToken? token));
        Assert.Equal("[redacted]", token.ToString());
    }
}
