using System.Formats.Asn1;
using System.Numerics;

namespace Serval.Testing;

/// <summary>What an authority answers about one certificate (RFC 6960 §4.2.1); nobody signed it.</summary>
internal sealed record OcspAnswer
{
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Tag0Whole = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Of the certificate.</summary>
    public BigInteger SerialNumber { get; init; } = 7;

    /// <summary>0 good, 1 revoked, 2 not known.</summary>
    public int CertificateStatus { get; init; }

    /// <summary>When there will be a newer one; null for at any time.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>Whether the version is written, which is known without it.</summary>
    public bool HasVersion { get; init; }

    /// <summary>Whether the authority is told by name, not by its key.</summary>
    public bool IsByName { get; init; }

    /// <summary>What travels.</summary>
    public byte[] ToDer()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0a, 1, 0]); // successful
            using (writer.PushSequence(Tag0Whole))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                writer.WriteOctetString(Basic());
            }
        }

        return writer.Encode();
    }

    private byte[] Basic()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                if (HasVersion)
                {
                    using (writer.PushSequence(Tag0Whole))
                        writer.WriteInteger(0);
                }

                using (writer.PushSequence(
                    new Asn1Tag(TagClass.ContextSpecific, IsByName ? 1 : 2, isConstructed: true)))
                {
                    if (IsByName)
                        writer.WriteEncodedValue([0x30, 0]);
                    else
                        writer.WriteOctetString(new byte[20]);
                }

                writer.WriteGeneralizedTime(DateTimeOffset.UnixEpoch, omitFractionalSeconds: true);
                using (writer.PushSequence())
                using (writer.PushSequence())
                    WriteSingle(writer);
            }

            WriteAlgorithm(writer, "1.2.840.10045.4.3.2");
            writer.WriteBitString([1, 2, 3]);
        }

        return writer.Encode();
    }

    private void WriteSingle(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            WriteAlgorithm(writer, "1.3.14.3.2.26");
            writer.WriteOctetString(new byte[20]);
            writer.WriteOctetString(new byte[20]);
            writer.WriteInteger(SerialNumber);
        }

        if (CertificateStatus == 1)
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true)))
                writer.WriteGeneralizedTime(DateTimeOffset.UnixEpoch, omitFractionalSeconds: true);
        }
        else
            writer.WriteNull(new Asn1Tag(Tag0.TagClass, CertificateStatus));

        writer.WriteGeneralizedTime(DateTimeOffset.UnixEpoch, omitFractionalSeconds: true);
        if (NextUpdate is { } next)
        {
            using (writer.PushSequence(Tag0Whole))
                writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string algorithm)
    {
        using (writer.PushSequence())
            writer.WriteObjectIdentifier(algorithm);
    }
}
