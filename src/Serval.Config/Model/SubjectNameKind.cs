namespace Serval.Config.Model;

/// <summary>What a <see cref="SubjectName"/> is (RFC 5280 §4.2.1.6).</summary>
public enum SubjectNameKind
{
    /// <summary>dNSName.</summary>
    Dns,

    /// <summary>uniformResourceIdentifier, such as a SPIFFE ID.</summary>
    Uri,
}
