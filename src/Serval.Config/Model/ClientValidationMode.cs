namespace Serval.Config.Model;

/// <summary>What becomes of clients without a valid certificate (FrontendValidationModeType).</summary>
public enum ClientValidationMode
{
    /// <summary>The handshake fails.</summary>
    AllowValidOnly,

    /// <summary>The connection is served, and nothing is forwarded about the client.</summary>
    AllowInsecureFallback,
}
