using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>What the header lines mean for the exchange.</summary>
internal sealed partial class ResponseHead
{
    private const int UpgradeRequired = 426;

    private ParseStatus ParseHeaders(ReadOnlySpan<byte> input, int start)
    {
        ParseStatus status = _headers.Parse(input, start, isResponse: true);
        return status == ParseStatus.Rejected ? Reject(_headers.Rejection) : status;
    }

    private Rejection Interpret(ReadOnlySpan<byte> input, MethodKind method, bool isUpgrade)
    {
        _connection.Reset();
        _framing = new BodyFraming();
        ByteRange upgrade = default;

        Span<HeaderField> fields = Lines.Fields;
        foreach (ref HeaderField field in fields)
        {
            // An upstream is trusted with its names: only those of requests are ambiguous.
            field.Use = HeaderUse.EndToEnd;
            if (field.Known == KnownHeader.None)
                continue;
            if (field.Known == KnownHeader.Upgrade)
                upgrade = new ByteRange(field.ValueStart, field.ValueLength);
            Rejection rejection = Take(input, ref field);
            if (rejection != Rejection.None)
                return rejection;
        }

        _connection.MarkNominated(input, fields);
        return Settle(method, isUpgrade, upgrade);
    }

    private Rejection Take(ReadOnlySpan<byte> input, ref HeaderField field)
    {
        switch (field.Known)
        {
            case KnownHeader.ContentLength:
                field.Use = HeaderUse.Rewritten;
                return _framing.ReadLength(field.Value(input));
            case KnownHeader.TransferEncoding:
                field.Use = HeaderUse.Rewritten;
                return _framing.ReadCoding(field.Value(input), HttpMinor);
            case KnownHeader.Connection:
                field.Use = HeaderUse.HopByHop;
                return _connection.Read(input, field);
            case KnownHeader.Date:
                HasDate = true;
                return Rejection.None;
            case KnownHeader.XRequestId:
                HasRequestId = true;
                return Rejection.None;
            default:
                if (KnownHeaders.IsHopByHop(field.Known))
                    field.Use = HeaderUse.HopByHop;
                return Rejection.None;
        }
    }

    private Rejection Settle(MethodKind method, bool isUpgrade, ByteRange upgrade)
    {
        ContentLength = _framing.ContentLength;
        Rejection rejection = _framing.Check();
        if (rejection != Rejection.None)
            return rejection;
        if (IsSwitch)
        {
            UpgradeRange = upgrade;
            return isUpgrade && _connection.HasUpgrade && !upgrade.IsEmpty
                ? Rejection.None
                : Rejection.UnexpectedSwitch;
        }

        // RFC 9110 §15.5.22: it names the protocol that the client should ask for.
        if (Status == UpgradeRequired && _connection.HasUpgrade)
            UpgradeRange = upgrade;
        if (method == MethodKind.Head || Status is < 200 or 204 or 304)
            Body = BodyKind.None;
        else if (_framing.IsChunked)
            Body = BodyKind.Chunked;
        else
            Body = ContentLength >= 0 ? BodyKind.Length : BodyKind.UntilClose;
        return Rejection.None;
    }
}
