namespace Serval.DataPlane.Tls;

/// <summary>Whether clients of a listener show a certificate.</summary>
internal enum ClientCertificates
{
    /// <summary>They are not asked.</summary>
    NotAsked,

    /// <summary>They must show one that is valid, or the handshake fails.</summary>
    Required,

    /// <summary>They are asked; whatever they show or do not show, the handshake goes on.</summary>
    Optional,
}
