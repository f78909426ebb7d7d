using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;

namespace Serval.Config.Secrets;

/// <summary>
/// What an OCSP response (RFC 6960 §4.2.1) says of the first certificate that it is about. Its signature is
/// for clients to check.
/// </summary>
/// <param name="SerialNumber">Of the certificate.</param>
/// <param name="IsGood">True when the authority says that it has not been revoked.</param>
/// <param name="NotAfterMs">
/// When there will be a newer response, Unix milliseconds; 0 when that is not said.
/// </param>
public sealed record OcspResponse(BigInteger SerialNumber, bool IsGood, long NotAfterMs)
{
    private const string Basic = "1.3.6.1.5.5.7.48.1.1";
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Tag0Whole = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Reads a response; false when it is none, or one without an answer.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out OcspResponse? response)
    {
        response = null;
        try
        {
            AsnReader whole = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            _ = whole.ReadEnumeratedBytes(); // 0 when there is an answer; nothing follows any other
            AsnReader answer = whole.ReadSequence(Tag0Whole).ReadSequence();
            if (answer.ReadObjectIdentifier() != Basic)
                return false;
            AsnReader basic = new AsnReader(answer.ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
            response = ReadFirst(basic.ReadSequence());
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static OcspResponse ReadFirst(AsnReader data)
    {
        if (data.PeekTag().HasSameClassAndValue(Tag0))
            _ = data.ReadEncodedValue(); // the version
        _ = data.ReadEncodedValue(); // who answers
        _ = data.ReadGeneralizedTime();
        AsnReader single = data.ReadSequence().ReadSequence();
        AsnReader certificate = single.ReadSequence();
        _ = certificate.ReadSequence();
        _ = certificate.ReadOctetString();
        _ = certificate.ReadOctetString();
        BigInteger serial = certificate.ReadInteger();
        bool isGood = single.PeekTag().HasSameClassAndValue(Tag0);
        _ = single.ReadEncodedValue();
        _ = single.ReadGeneralizedTime();
        // 0 stands for an end that is not known, and one before 1970 has passed all the same.
        long notAfterMs = single.HasData && single.PeekTag().HasSameClassAndValue(Tag0)
            ? Math.Max(1, single.ReadSequence(Tag0Whole).ReadGeneralizedTime().ToUnixTimeMilliseconds())
            : 0;
        return new OcspResponse(serial, isGood, notAfterMs);
    }
}
