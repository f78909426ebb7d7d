using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>What each policy makes of a path (decision 4).</summary>
public sealed class PathPolicyTests
{
    // RFC 3986 §5.2.4 and §6.2.2.
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/.", "/")]
    [InlineData("/./", "/")]
    [InlineData("/apt/./Packages", "/apt/Packages")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a/b/c/./../../g", "/a/g")]
    [InlineData("/x/../admin", "/admin")]
    [InlineData("/x/%2e%2E/admin", "/admin")]
    [InlineData("/x/.%2e/admin", "/admin")]
    [InlineData("/%2e/admin", "/admin")]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("/%7Euser/%2D%5F%2E", "/~user/-_.")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("//x//y", "//x//y")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/..a/...", "/..a/...")]
    [InlineData("/@scope%2fname", "/@scope%2fname")]
    [InlineData("/a%2F%41", "/a%2FA")]
    [InlineData("/caf%c3%a9", "/caf%c3%a9")]
    [InlineData("/a;b=c/d;e", "/a;b=c/d;e")]
    [InlineData("/a%20b%21", "/a%20b%21")]
    [InlineData("/%252e%252e/x", "/%252e%252e/x")]
    public void The_default_decodes_what_needs_no_code_and_removes_dot_segments(string path, string forwarded)
    {
        Assert.Equal((Rejection.None, forwarded), Apply(path, PathPolicy.Default, out string matched));
        Assert.Equal(forwarded, matched, ignoreCase: true);
        Assert.Equal((Rejection.None, forwarded), Apply(forwarded, PathPolicy.Default, out _));
    }

    [Theory]
    [InlineData("/..", Rejection.PathAboveRoot)]
    [InlineData("/../admin", Rejection.PathAboveRoot)]
    [InlineData("/a/../../admin", Rejection.PathAboveRoot)]
    [InlineData("/%2e%2e/admin", Rejection.PathAboveRoot)]
    [InlineData("/x/..;a/admin", Rejection.PathDotSegment)]
    [InlineData("/x/..%3Ba/admin", Rejection.PathDotSegment)]
    [InlineData("/x/%2e%2e;/admin", Rejection.PathDotSegment)]
    [InlineData("/x/.;/admin", Rejection.PathDotSegment)]
    [InlineData("/x/..%2Fadmin", Rejection.PathDotSegment)]
    [InlineData("/x/%2e%2e%2fadmin", Rejection.PathDotSegment)]
    [InlineData("/x/y%2F..", Rejection.PathDotSegment)]
    [InlineData("/x/y%2F..%2Fadmin", Rejection.PathDotSegment)]
    internal void The_default_refuses_dot_segments_that_only_some_servers_see(string path,
        Rejection reason) =>
        Assert.Equal(reason, Apply(path, PathPolicy.Default, out _).Rejection);

    [Theory]
    [InlineData("/a/b.c/d~e", Rejection.None)]
    [InlineData("/caf%C3%A9/a%20b", Rejection.None)]
    [InlineData("/.well-known/x", Rejection.None)]
    [InlineData("/%61dmin", Rejection.PathEncodedPlain)]
    [InlineData("/a/./b", Rejection.PathDotSegment)]
    [InlineData("/a/..", Rejection.PathDotSegment)]
    [InlineData("/a%2Fb", Rejection.PathEncodedSlash)]
    [InlineData("/a//b", Rejection.PathEmptySegment)]
    [InlineData("/a;b", Rejection.PathParameters)]
    [InlineData("/a%3bb", Rejection.PathParameters)]
    [InlineData("/a./b", Rejection.PathTrailingDot)]
    [InlineData("/a...", Rejection.PathTrailingDot)]
    [InlineData("/a%20/b", Rejection.PathTrailingDot)]
    [InlineData("/a%20", Rejection.PathTrailingDot)]
    [InlineData("/caf%C3%A9", Rejection.None)]
    internal void Strict_refuses_what_a_server_might_change(string path, Rejection reason) =>
        Assert.Equal(reason, Apply(path, PathPolicy.Strict, out _).Rejection);

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("/%61%2F..;x")]
    public void Raw_takes_what_came(string path)
    {
        Assert.Equal((Rejection.None, path), Apply(path, PathPolicy.Raw, out string matched));
        Assert.Equal(path, matched);
    }

    [Fact]
    public void Two_spellings_of_one_escape_are_matched_as_one_path()
    {
        Apply("/caf%c3%A9/%2f", PathPolicy.Default, out string matched);
        Assert.Equal("/caf%C3%A9/%2F", matched);
    }

    [Fact]
    public void What_comes_out_never_changes_again_and_never_grows()
    {
        Random random = new(4);
        string[] parts = ["/", ".", "..", "%2e", "%2F", "a", ";", "%61", "%c3", "/../", "//"];
        for (int round = 0; round < 20_000; round++)
        {
            StringBuilder path = new("/");
            for (int i = random.Next(8); i > 0; i--)
                path.Append(parts[random.Next(parts.Length)]);
            (Rejection rejection, string once) = Apply(path.ToString(), PathPolicy.Default, out _);
            if (rejection != Rejection.None)
                continue;
            Assert.True(once.Length <= path.Length, path.ToString());
            Assert.Equal((Rejection.None, once), Apply(once, PathPolicy.Default, out _));
            Assert.DoesNotContain("/./", once, StringComparison.Ordinal);
            Assert.DoesNotContain("/../", once, StringComparison.Ordinal);
        }
    }

    private static (Rejection Rejection, string Path) Apply(string path, PathPolicy policy,
        out string matched)
    {
        byte[] input = Bytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        RequestHead head = NewRequest();
        Assert.True(head.Parse(input) == ParseStatus.Complete, $"{head.Rejection}: {path}");
        Rejection rejection = head.ApplyPathPolicy(input, policy);
        matched = Text(head.MatchedPath(input));
        return (rejection, Text(head.Path(input)));
    }
}
