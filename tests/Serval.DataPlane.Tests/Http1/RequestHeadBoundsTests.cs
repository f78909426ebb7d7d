using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>Heads that arrive in pieces, stop short, or are one over a limit.</summary>
public sealed class RequestHeadBoundsTests
{
    public static TheoryData<string> Requests => [.. ValidRequests];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_truncated_head_is_incomplete_at_every_byte(string text)
    {
        byte[] input = Bytes(text);
        RequestHead head = NewRequest();
        for (int length = 0; length < input.Length; length++)
            Assert.Equal(ParseStatus.Incomplete, head.Parse(input.AsSpan(0, length)));
        Assert.Equal(ParseStatus.Complete, head.Parse(input));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_head_split_at_any_byte_reads_the_same(string text)
    {
        byte[] input = Bytes(text + "GET /next");
        string whole = Describe(Parse(text), input);
        for (int split = 0; split <= text.Length; split++)
        {
            RequestHead head = NewRequest();
            int scanned = 0;
            ParseStatus first = head.Parse(input.AsSpan(0, split), ref scanned);
            Assert.Equal(split < text.Length ? ParseStatus.Incomplete : ParseStatus.Complete, first);
            Assert.Equal(ParseStatus.Complete, head.Parse(input, ref scanned));
            Assert.Equal(whole, Describe(head, input));
            Assert.Equal(0, scanned);
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_head_that_arrives_byte_by_byte_is_complete_at_its_last(string text)
    {
        byte[] input = Bytes(text);
        RequestHead head = NewRequest();
        int scanned = 0;
        for (int length = 0; length < input.Length; length++)
            Assert.Equal(ParseStatus.Incomplete, head.Parse(input.AsSpan(0, length), ref scanned));
        Assert.Equal(ParseStatus.Complete, head.Parse(input, ref scanned));
    }

    [Fact]
    public void A_head_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        const string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        HeaderLimits limits = new(BytesMax: 200);
        string fitting = start + new string('x', 200 - start.Length - 4) + "\r\n\r\n";
        string over = start + new string('x', 200 - start.Length - 3) + "\r\n\r\n";
        RequestHead head = new(limits, RequestPolicy.Default);

        Assert.Equal(ParseStatus.Complete, head.Parse(Bytes(fitting + "more")));
        Assert.Equal(200, head.Length);
        AssertRefused(head, over, Rejection.HeadTooLarge, 431);
        AssertRefused(head, over[..200], Rejection.HeadTooLarge, 431);
        Assert.Equal(ParseStatus.Incomplete, head.Parse(Bytes(over[..199])));

        int scanned = 10;
        Assert.Equal(ParseStatus.Incomplete, head.Parse(Bytes(over[..199]), ref scanned));
        Assert.Equal(ParseStatus.Rejected, head.Parse(Bytes(over[..200]), ref scanned));
        Assert.Equal(Rejection.HeadTooLarge, head.Rejection);
    }

    [Fact]
    public void A_head_may_have_as_many_lines_as_the_limit_and_not_one_more()
    {
        HeaderLimits limits = new(CountMax: 3);
        RequestHead head = new(limits, RequestPolicy.Default);
        Assert.Equal(
            ParseStatus.Complete, head.Parse(Bytes("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nA: 2\r\n\r\n")));
        AssertRefused(
            head, "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nA: 2\r\nA: 3\r\n", Rejection.TooManyHeaders, 431);
    }

    [Fact]
    public void A_target_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        HeaderLimits limits = new(TargetBytesMax: 10);
        RequestHead head = new(limits, RequestPolicy.Default);
        Assert.Equal(ParseStatus.Complete, head.Parse(Bytes("GET /123456789 HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(ParseStatus.Incomplete, head.Parse(Bytes("GET /123456789")));
        AssertRefused(head, "GET /123456789a", Rejection.TargetTooLong, 414);
        AssertRefused(head, "GET /123456789a HTTP/1.1\r\n", Rejection.TargetTooLong, 414);
    }

    [Fact]
    public void A_method_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        string longest = new('M', HeaderLimits.MethodBytesMax);
        Assert.Equal(MethodKind.Other, Parse(longest + " / HTTP/1.1\r\nHost: a\r\n\r\n").MethodKind);
        Assert.Equal(ParseStatus.Incomplete, NewRequest().Parse(Bytes(longest)));
        AssertRefused(NewRequest(), longest + "M", Rejection.MethodTooLong, 501);
        AssertRefused(NewRequest(), longest + "M / HTTP/1.1\r\n", Rejection.MethodTooLong, 501);
    }

    [Fact]
    public void A_host_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        string longest = new('h', HeaderLimits.HostBytesMax);
        Assert.Equal(longest.Length, Parse($"GET / HTTP/1.1\r\nHost: {longest}:1\r\n\r\n").Host.Length);
        AssertRefused(
            NewRequest(), $"GET / HTTP/1.1\r\nHost: {longest}h\r\n\r\n", Rejection.HostInvalid, 400);
    }

    [Fact]
    public void A_content_length_may_have_as_many_digits_as_the_limit_and_not_one_more()
    {
        string longest = new('9', HeaderLimits.ContentLengthDigitsMax);
        const string start = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
        Assert.Equal(999_999_999_999_999_999, Parse($"{start}{longest}\r\n\r\n").ContentLength);
        AssertRefused(NewRequest(), $"{start}0{longest}\r\n\r\n", Rejection.ContentLengthInvalid, 400);
    }

    [Fact]
    public void Sixteen_fields_may_be_nominated() =>
        Parse(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: a,b,c,d,e,f,g,h\r\nConnection: i,j,k,l,m,n,o,p\r\n\r\n"
                + "");

    private static void AssertRefused(RequestHead head, string text, Rejection reason, int status)
    {
        Assert.Equal(ParseStatus.Rejected, head.Parse(Bytes(text)));
        Assert.Equal(reason, head.Rejection);
        Assert.Equal(status, reason.HttpStatus());
    }
}
