using System.Collections.Immutable;
using System.Net;
using Serval.CommandLine;
using Serval.Common.Addressing;

namespace Serval.Integration.Tests.CommandLine;

public sealed class ParsingTests
{
    [Theory]
    [InlineData("127.0.0.1:9901", "127.0.0.1:9901")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData(":80", "[::]:80")]
    [InlineData("9901", "127.0.0.1:9901")]
    public void An_address_is_read(string text, string expected)
    {
        Assert.True(Endpoints.TryParse(text, out IPEndPoint? endpoint));
        Assert.Equal(expected, endpoint.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:80")]
    [InlineData("example.com:80")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(Endpoints.TryParse(text, out _));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("2,0,2", "0 2")]
    [InlineData("4-7,1", "1 4 5 6 7")]
    public void A_list_of_CPUs_is_read(string text, string expected)
    {
        Assert.True(CpuList.TryParse(text, out ImmutableArray<int> cpus));
        Assert.Equal(expected, string.Join(' ', cpus));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1-")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("-1")]
    [InlineData("0-4096")]
    public void What_is_no_list_of_CPUs_is_refused(string text)
    {
        Assert.False(CpuList.TryParse(text, out _));
    }
}
