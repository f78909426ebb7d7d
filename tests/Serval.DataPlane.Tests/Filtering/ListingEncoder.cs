using System.Globalization;
using System.Text;
using Serval.DataPlane.Http;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>
/// Lists what a head says, one fact a line, without any of the short ways that HTTP/1's encoder has.
/// </summary>
internal struct ListingEncoder() : IHeadEncoder
{
    private readonly StringBuilder _text = new();

    public static bool CopiesRuns => false;

    public readonly string Listed => _text.ToString();

    public readonly void BeginTarget(ReadOnlySpan<byte> method) =>
        _text.Append("method ").Append(Text(method)).Append("\ntarget ");

    public readonly bool TryCopyTarget(ReadOnlySpan<byte> text, RequestFields request) => false;

    public readonly void EndTarget(ReadOnlySpan<byte> authority) =>
        _text.Append("\nauthority ").Append(Text(authority)).Append('\n');

    public readonly void Status(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> reason) =>
        _text.Append("status ").Append(Text(digits)).Append('\n');

    public readonly void Run(ReadOnlySpan<byte> lines) => Assert.Fail("no run can be copied");

    public readonly void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _text.Append(Text(name)).Append(": ").Append(Text(value)).Append('\n');

    public readonly void Line(ReadOnlySpan<byte> start, ReadOnlySpan<byte> value) =>
        _text.Append(Text(start)).Append(Text(value)).Append('\n');

    public readonly void Line(ReadOnlySpan<byte> start, long value) =>
        _text.Append(Text(start)).Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public readonly void BeginLine(ReadOnlySpan<byte> start) => _text.Append(Text(start));

    public readonly void Add(ReadOnlySpan<byte> bytes) => _text.Append(Text(bytes));

    public readonly void AddNumber(long value) => _text.Append(value);

    public readonly void AddHex(ulong value) =>
        _text.Append(value.ToString("x16", CultureInfo.InvariantCulture));

    public readonly void EndLine() => _text.Append('\n');

    public readonly void FrameRequest(RequestFields request)
    {
        // The body's framing is the version's own.
    }

    public readonly void HopRequest(ReadOnlySpan<byte> text, RequestFields request)
    {
        // Connections are the version's own.
    }

    public readonly void FrameResponse(ReadOnlySpan<byte> text, ResponseFields response)
    {
        // The body's framing is the version's own.
    }

    public readonly void HopAnswer()
    {
        // Connections are the version's own.
    }

    public readonly void End() => _text.Append("end\n");

    public readonly void Content(ReadOnlySpan<byte> bytes) => _text.Append(Text(bytes));
}
