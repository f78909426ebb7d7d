using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Serval.Common.Access;

/// <summary>
/// A secret that requests present. Only its hash is kept, and hashes are compared, so that neither a dump of
/// this object nor the time a comparison takes tells the secret or its length.
/// </summary>
public sealed class BearerToken
{
    /// <summary>Characters that a token has at least; a shorter one is refused.</summary>
    public const int LengthMin = 16;

    private const string Scheme = "Bearer ";
    private readonly byte[] _hash;

    private BearerToken(byte[] hash) => _hash = hash;

    /// <summary>
    /// Takes a token; false when it is too short or has characters that a header cannot carry.
    /// </summary>
    public static bool TryCreate(string text, [NotNullWhen(true)] out BearerToken? token)
    {
        token = null;
        string trimmed = text.Trim();
        if (trimmed.Length < LengthMin)
            return false;
        if (trimmed.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return false;
        token = new BearerToken(Hash(trimmed));
        return true;
    }

    /// <summary>Reads a token from a file.</summary>
    /// <exception cref="OptionException">The file cannot be read, or holds no usable token.</exception>
    public static BearerToken Read(string path) => TryCreate(PemFiles.ReadText(path), out BearerToken? token)
        ? token
        : throw new OptionException($"{path}: a token has at least {LengthMin} printable characters");

    /// <summary>
    /// The header that presents the token of a file. The server judges the token: one that is not ours need
    /// not keep our rules.
    /// </summary>
    /// <exception cref="OptionException">
    /// The file cannot be read, is empty, or has characters that a header cannot carry.
    /// </exception>
    public static AuthenticationHeaderValue ReadHeader(string path)
    {
        string token = PemFiles.ReadText(path).Trim();
        return token.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw new OptionException($"{path}: a token is printable characters without spaces");
    }

    /// <summary>Whether the value of an Authorization header carries this token (RFC 6750 §2.1).</summary>
    public bool Accepts(string? authorization) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(_hash, Hash(authorization[Scheme.Length..].Trim()));

    /// <summary>Never the secret.</summary>
    public override string ToString() => "[redacted]";

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
