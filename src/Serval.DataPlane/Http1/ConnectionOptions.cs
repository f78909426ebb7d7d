using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// What the Connection lines of a head say (RFC 9110 §7.6.1). Owner: a head. Thread: its worker's. Bound:
/// <see cref="HeaderLimits.NominatedFieldsMax"/> nominated fields.
/// </summary>
internal sealed class ConnectionOptions
{
    private readonly ByteRange[] _nominated = new ByteRange[HeaderLimits.NominatedFieldsMax];
    private int _nominatedCount;

    /// <summary>The connection ends after this exchange.</summary>
    public bool HasClose { get; private set; }

    /// <summary>An HTTP/1.0 peer wants the connection kept.</summary>
    public bool HasKeepAlive { get; private set; }

    /// <summary>The Upgrade field counts.</summary>
    public bool HasUpgrade { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _nominatedCount = 0;
        HasClose = false;
        HasKeepAlive = false;
        HasUpgrade = false;
    }

    /// <summary>Takes a Connection line.</summary>
    public Rejection Read(ReadOnlySpan<byte> input, in HeaderField field)
    {
        int start = field.ValueStart;
        int end = start + field.ValueLength;
        while (start < end)
        {
            int comma = input[start..end].IndexOf((byte)',');
            int next = comma < 0 ? end : start + comma;
            ByteRange option = Octets.Trim(input, start, next);
            Rejection rejection = option.IsEmpty ? Rejection.None : Take(option.Of(input), option);
            if (rejection != Rejection.None)
                return rejection;
            start = next + 1;
        }

        return Rejection.None;
    }

    /// <summary>Marks the nominated fields of a section as ending here.</summary>
    public void MarkNominated(ReadOnlySpan<byte> input, Span<HeaderField> fields)
    {
        foreach (ByteRange nominated in _nominated.AsSpan(0, _nominatedCount))
        {
            ReadOnlySpan<byte> name = nominated.Of(input);
            foreach (ref HeaderField field in fields)
            {
                if (field.Use == HeaderUse.EndToEnd && Ascii.EqualsIgnoreCase(field.Name(input), name))
                    field.Use = HeaderUse.HopByHop;
            }
        }
    }

    private Rejection Take(ReadOnlySpan<byte> option, ByteRange range)
    {
        if (!Octets.IsToken(option))
            return Rejection.ConnectionInvalid;
        if (Ascii.EqualsIgnoreCase(option, "close"u8))
        {
            HasClose = true;
            return Rejection.None;
        }

        KnownHeader known = KnownHeaders.Identify(option);
        HasKeepAlive |= known == KnownHeader.KeepAlive;
        HasUpgrade |= known == KnownHeader.Upgrade;
        if (known is KnownHeader.Host or KnownHeader.ContentLength)
            return Rejection.ConnectionNamesProtected;
        if (KnownHeaders.IsHopByHop(known) || known == KnownHeader.TransferEncoding)
            return Rejection.None;
        if (_nominatedCount == _nominated.Length)
            return Rejection.ConnectionTooManyFields;
        _nominated[_nominatedCount++] = range;
        return Rejection.None;
    }
}
