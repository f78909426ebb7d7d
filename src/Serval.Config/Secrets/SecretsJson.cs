using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using Serval.Config.Validating;

namespace Serval.Config.Secrets;

/// <summary>
/// The JSON form of <see cref="SecretsPush"/>. Keys are base64, so that they never become strings. What is
/// wrong is said without a word of the content.
/// </summary>
public static class SecretsJson
{
    private const string Subject = "Secrets";

    /// <summary>Writes a push. The caller wipes the array once it is sent.</summary>
    public static byte[] Write(SecretsPush push) =>
        JsonSerializer.SerializeToUtf8Bytes(push, SecretsJsonContext.Default.SecretsPush);

    /// <summary>
    /// Bytes that a pair adds to a push at most, by the lengths of its parts.
    /// </summary>
    public static long LengthMax(KeyPair pair)
    {
        // Names of members, quotes, commas and braces.
        const int punctuation = 128;
        // A character that is not written as it is becomes \uXXXX.
        const int escapedBytes = 6;
        return punctuation + ((long)escapedBytes * (pair.Name.Length + pair.Digest.Length))
            + Base64.GetMaxEncodedToUtf8Length(pair.ChainPem.Length)
            + Base64.GetMaxEncodedToUtf8Length(pair.PrivateKeyPem.Length)
            + Base64.GetMaxEncodedToUtf8Length(pair.OcspDer?.Length ?? 0);
    }

    /// <summary>
    /// Reads a push; null with a finding when the text is not one. Looks at forms and bounds, not at what is
    /// in a certificate. The caller owns the keys.
    /// </summary>
    public static SecretsPush? Read(ReadOnlySpan<byte> utf8, out ImmutableArray<Finding> findings)
    {
        SecretsPush? push = null;
        try
        {
            push = JsonSerializer.Deserialize(utf8, SecretsJsonContext.Default.SecretsPush);
            findings = push is null
                ? [Problem("", Reasons.UnexpectedJson, "is null; write an object")]
                : Validate(push);
        }
        catch (JsonException e)
        {
            bool isMalformed = e.InnerException is JsonException;
            findings =
            [
                Problem(
                    e.Path?.TrimStart('$').TrimStart('.') ?? "",
                    isMalformed ? Reasons.MalformedJson : Reasons.UnexpectedJson,
                    isMalformed ? "is not JSON" : "is not of the form of a push of secrets"),
            ];
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or FormatException)
        {
            findings = [Problem("", Reasons.UnexpectedJson, "is not of the form of a push of secrets")];
        }

        if (findings.IsEmpty)
            return push;
        push?.Wipe();
        return null;
    }

    private static ImmutableArray<Finding> Validate(SecretsPush push)
    {
        FindingList findings = new();
        ImmutableArray<KeyPair> pairs = push.KeyPairs.OrEmpty();
        Subject subject = new(Subject);
        if (!findings.RequireCount(pairs.Length, ConfigLimits.Certificates, subject, "keyPairs"))
            return findings.ToImmutable();
        for (int i = 0; i < pairs.Length; i++)
        {
            if (pairs[i] is not { } pair)
            {
                findings.Add(subject, $"keyPairs[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            findings.Require(
                Syntax.IsPrintable(pair.Name, ConfigLimits.NameLength), subject, $"keyPairs[{i}].name",
                Reasons.InvalidValue, $"give it 1 to {ConfigLimits.NameLength} printable characters");
            findings.Require(
                pair.Digest is { Length: ConfigLimits.DigestLength }
                    && pair.Digest.All(char.IsAsciiHexDigitLower),
                subject, $"keyPairs[{i}].digest", Reasons.InvalidValue, "is not 64 lower-case hex digits");
            RequireBytes(findings, subject, $"keyPairs[{i}].chainPem", pair.ChainPem);
            RequireBytes(findings, subject, $"keyPairs[{i}].privateKeyPem", pair.PrivateKeyPem);
            findings.Require(
                pair.OcspDer is null or { Length: > 0 and <= ConfigLimits.KeyPairPartBytes }, subject,
                $"keyPairs[{i}].ocspDer", Reasons.TooMany,
                $"use 1 to {ConfigLimits.KeyPairPartBytes} bytes, or null");
        }

        return findings.ToImmutable();
    }

    private static void RequireBytes(FindingList findings, Subject subject, string field, byte[]? bytes) =>
        findings.Require(
            bytes is { Length: > 0 and <= ConfigLimits.KeyPairPartBytes }, subject, field,
            Reasons.InvalidValue, $"use 1 to {ConfigLimits.KeyPairPartBytes} bytes");

    private static Finding Problem(string field, string reason, string message) =>
        new(Severity.Error, Subject, field, reason, message);
}
