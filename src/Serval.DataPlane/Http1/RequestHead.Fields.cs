using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>What the header lines mean for the exchange.</summary>
internal sealed partial class RequestHead
{
    private ParseStatus ParseHeaders(ReadOnlySpan<byte> input, int start)
    {
        ParseStatus status = _headers.Parse(input, start, isResponse: false);
        if (status == ParseStatus.Incomplete)
            return status;
        Rejection rejection = status == ParseStatus.Rejected ? _headers.Rejection : Interpret(input);
        if (rejection == Rejection.None)
            return ParseStatus.Complete;
        ReadHostForRecord(input);
        return Reject(rejection);
    }

    // The record of a refused request names its host, if a line before the faulty one did.
    private void ReadHostForRecord(ReadOnlySpan<byte> input)
    {
        foreach (ref readonly HeaderField field in Lines.Fields)
        {
            if (field.Known == KnownHeader.Host && Authority.IsEmpty)
                TakeAuthority(input, new ByteRange(field.ValueStart, field.ValueLength));
        }
    }

    private Rejection Interpret(ReadOnlySpan<byte> input)
    {
        _connection.Reset();
        _framing = new BodyFraming();
        AcceptsTrailers = false;
        AmbiguousDropped = 0;
        FieldsSeen seen = default;

        Span<HeaderField> fields = Lines.Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            ref HeaderField field = ref fields[i];
            if (field.Known == KnownHeader.None)
            {
                if (field.Use == HeaderUse.Ambiguous && !TryTakeAmbiguous(input, ref field))
                    return Rejection.HeaderNameAmbiguous;
                continue;
            }

            Rejection rejection = Take(input, ref field, i, ref seen);
            if (rejection != Rejection.None)
                return rejection;
        }

        if (seen.HostCount == 0 && HttpMinor == 1)
            return Rejection.HostMissing;
        ContentLength = _framing.ContentLength;
        Body = _framing.IsChunked ? BodyKind.Chunked : ContentLength > 0 ? BodyKind.Length : BodyKind.None;
        _connection.MarkNominated(input, fields);
        SettleExpect(seen.HasExpect);
        SettleUpgrade(input, seen);
        SettleTrace(input, seen);
        Rejection rule = _framing.Check();
        return rule == Rejection.None && MethodKind == MethodKind.Trace ? CheckTrace() : rule;
    }

    // RFC 9110 §9.3.8: TRACE has no content. Serval never plays the final recipient that echoes it.
    private Rejection CheckTrace()
    {
        if (!_policy.ForwardsTrace || MaxForwards == 0)
            return Rejection.TraceMethod;
        return HasBody ? Rejection.TraceWithBody : Rejection.None;
    }

    private Rejection Take(ReadOnlySpan<byte> input, ref HeaderField field, int index, ref FieldsSeen seen)
    {
        ReadOnlySpan<byte> value = field.Value(input);
        switch (field.Known)
        {
            case KnownHeader.Host:
                field.Use = HeaderUse.Rewritten;
                return ++seen.HostCount > 1 ? Rejection.HostDuplicate : TakeHost(input, field);
            case KnownHeader.ContentLength:
                field.Use = HeaderUse.Rewritten;
                return _framing.ReadLength(value);
            case KnownHeader.TransferEncoding:
                field.Use = HeaderUse.Rewritten;
                return _framing.ReadCoding(value, HttpMinor);
            case KnownHeader.Connection:
                field.Use = HeaderUse.HopByHop;
                return _connection.Read(input, field);
            case KnownHeader.Expect:
                seen.HasExpect = true;
                return Ascii.EqualsIgnoreCase(value, "100-continue"u8)
                    ? Rejection.None
                    : Rejection.ExpectationUnknown;
            case KnownHeader.Upgrade:
                field.Use = HeaderUse.HopByHop;
                seen.UpgradeCount++;
                seen.UpgradeIndex = index;
                return Rejection.None;
            case KnownHeader.Te:
                field.Use = HeaderUse.HopByHop;
                AcceptsTrailers |= ListHas(value, "trailers"u8);
                return Rejection.None;
            case KnownHeader.TraceParent:
                seen.TraceParentCount++;
                seen.TraceParentIndex = index;
                return Rejection.None;
            case KnownHeader.TraceState:
                seen.HasTraceState = true;
                return Rejection.None;
            case KnownHeader.MaxForwards when MethodKind is MethodKind.Options or MethodKind.Trace:
                field.Use = HeaderUse.Rewritten;
                return TakeMaxForwards(value);
            default:
                if (KnownHeaders.IsHopByHop(field.Known))
                    field.Use = HeaderUse.HopByHop;
                else if (KnownHeaders.IsUntrusted(field.Known))
                    field.Use = HeaderUse.Untrusted;
                return Rejection.None;
        }
    }

    // False when the request is refused for it. A name that stands for a field which frames, routes or says
    // who asked is dropped even where others go on.
    private bool TryTakeAmbiguous(ReadOnlySpan<byte> input, ref HeaderField field)
    {
        if (_policy.AmbiguousNames == AmbiguousNames.Refuse)
            return false;
        bool goesOn = _policy.AmbiguousNames == AmbiguousNames.Forward
            && KnownHeaders.IdentifyAmbiguous(field.Name(input)) == KnownHeader.None;
        if (goesOn)
            field.Use = HeaderUse.EndToEnd;
        else
            AmbiguousDropped++;
        return true;
    }

    // RFC 9112 §3.2.2: the authority of an absolute target wins, but Host has to be valid all the same.
    private Rejection TakeHost(ReadOnlySpan<byte> input, in HeaderField field)
    {
        if (Authority.IsEmpty)
            return TakeAuthority(input, new ByteRange(field.ValueStart, field.ValueLength));
        return Http.Authority.TryParse(field.Value(input), out _, out _)
            ? Rejection.None
            : Rejection.HostInvalid;
    }

    // RFC 9110 §10.1.1: the expectation means nothing in HTTP/1.0 or without a body to wait with.
    private void SettleExpect(bool isPresent)
    {
        ExpectsContinue = isPresent && HasBody && HttpMinor == 1;
        if (ExpectsContinue == isPresent)
            return;
        foreach (ref HeaderField field in Lines.Fields)
        {
            if (field.Known == KnownHeader.Expect)
                field.Use = HeaderUse.HopByHop;
        }
    }

    // RFC 9110 §7.8: an upgrade may always be ignored, and is unless it has one reading.
    private void SettleUpgrade(ReadOnlySpan<byte> input, in FieldsSeen seen)
    {
        if (!_connection.HasUpgrade || seen.UpgradeCount != 1 || HttpMinor == 0)
            return;
        ref readonly HeaderField field = ref Lines.Fields[seen.UpgradeIndex];
        ReadOnlySpan<byte> protocol = field.Value(input);
        int slash = protocol.IndexOf((byte)'/');
        bool isProtocol = slash < 0
            ? Octets.IsToken(protocol)
            : Octets.IsToken(protocol[..slash]) && Octets.IsToken(protocol[(slash + 1)..]);
        if (isProtocol && !Ascii.EqualsIgnoreCase(protocol, "h2c"u8))
            UpgradeRange = new ByteRange(field.ValueStart, field.ValueLength);
    }

    // W3C Trace Context §4.3: whoever cannot read a traceparent begins a new trace, and drops the tracestate
    // that belonged to the old one.
    private void SettleTrace(ReadOnlySpan<byte> input, in FieldsSeen seen)
    {
        if (seen.TraceParentCount == 1)
        {
            ref readonly HeaderField field = ref Lines.Fields[seen.TraceParentIndex];
            if (!field.IsDropped && TraceParent.IsValid(field.Value(input)))
            {
                TraceId = new ByteRange(
                    field.ValueStart + TraceParent.TraceIdStart, TraceParent.TraceIdDigits);
                return;
            }
        }

        LacksTrace = _policy.MakesTraceParents;
        if (!LacksTrace || (seen.TraceParentCount == 0 && !seen.HasTraceState))
            return;
        foreach (ref HeaderField field in Lines.Fields)
        {
            if (field.Known is KnownHeader.TraceParent or KnownHeader.TraceState)
                field.Use = HeaderUse.Rewritten;
        }
    }

    private static bool ListHas(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (Range element in list.Split((byte)','))
        {
            (int start, int length) = element.GetOffsetAndLength(list.Length);
            if (Ascii.EqualsIgnoreCase(Octets.Trim(list, start, start + length).Of(list), token))
                return true;
        }

        return false;
    }

    private struct FieldsSeen
    {
        public int HostCount;
        public bool HasExpect;
        public int UpgradeCount;
        public int UpgradeIndex;
        public int TraceParentCount;
        public int TraceParentIndex;
        public bool HasTraceState;
    }
}
