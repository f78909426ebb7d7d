using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire.Reading;

namespace Serval.Config.Wire;

/// <summary>
/// The JSON form of a snapshot: what is pushed, printed and compared. Names in camel case; a property that
/// has its initial value is not written. Equal snapshots give equal bytes.
/// </summary>
public static class SnapshotJson
{
    private const string Subject = "Snapshot";

    /// <summary>Writes any snapshot, valid or not, as one text.</summary>
    public static byte[] Write(Snapshot snapshot) =>
        JsonSerializer.SerializeToUtf8Bytes(snapshot, SnapshotJsonContract.Snapshot);

    /// <summary>
    /// Writes the same bytes to a stream, some 16 KiB at a time: the whole text is never in memory.
    /// </summary>
    public static void Write(Snapshot snapshot, Stream output) =>
        JsonSerializer.Serialize(output, snapshot, SnapshotJsonContract.Snapshot);

    /// <summary>
    /// Writes the same with line breaks, for people. Goes on as what is written is read.
    /// </summary>
    public static Task WriteIndentedAsync(Snapshot snapshot, PipeWriter output, CancellationToken stop) =>
        JsonSerializer.SerializeAsync(
            output, snapshot,
            (JsonTypeInfo<Snapshot>)SnapshotJsonContract.Indented.GetTypeInfo(typeof(Snapshot)), stop);

    /// <summary>
    /// Reads what <see cref="Write(Snapshot)"/> wrote. Null, with a finding that says where, when the
    /// text is not JSON or not of the form of a snapshot: an unknown, repeated or missing member, a wrong
    /// type, too deep. Values are not judged; that is Validating.
    /// </summary>
    public static Snapshot? Read(ReadOnlySpan<byte> utf8, out ImmutableArray<Finding> findings) =>
        Read(utf8, SnapshotJsonContract.Snapshot, out findings);

    /// <summary>
    /// The same for a delta. A delta whose version is its base is refused: two configurations would have one
    /// name.
    /// </summary>
    public static SnapshotDelta? ReadDelta(ReadOnlySpan<byte> utf8, out ImmutableArray<Finding> findings)
    {
        SnapshotDelta? delta = Read(utf8, SnapshotJsonContract.Delta, out findings);
        if (delta is null || delta.Version != delta.BaseVersion) return delta;
        findings =
        [
            new Finding(
                Severity.Error, "Delta", "version", Reasons.Conflict,
                $"is {delta.Version}, as baseVersion is; give what the delta leads to a version of its own"),
        ];
        return null;
    }

    /// <summary>Writes a delta.</summary>
    public static byte[] Write(SnapshotDelta delta) =>
        JsonSerializer.SerializeToUtf8Bytes(delta, SnapshotJsonContract.Delta);

    /// <summary>
    /// True when the text is an object with a member <c>baseVersion</c>, so meant as a delta, unless a list
    /// that only a snapshot has comes first: a snapshot is not gone through to its end. Text that is not JSON
    /// is not.
    /// </summary>
    public static bool IsDelta(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = ConfigLimits.JsonDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("baseVersion"u8)) return true;
                if (reader.ValueTextEquals("listeners"u8) || reader.ValueTextEquals("routes"u8)
                    || reader.ValueTextEquals("clusters"u8) || reader.ValueTextEquals("endpointSets"u8)
                    || reader.ValueTextEquals("tlsRoutes"u8) || reader.ValueTextEquals("certificates"u8)
                    || reader.ValueTextEquals("authorities"u8))
                    return false;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Read says where.
        }

        return false;
    }

    private static T? Read<T>(
        ReadOnlySpan<byte> utf8, JsonTypeInfo<T> contract, out ImmutableArray<Finding> findings)
        where T : class
    {
        if (PlainReader.Read<T>(utf8) is { } plain)
        {
            findings = [];
            return plain;
        }

        try
        {
            T? value = JsonSerializer.Deserialize(utf8, contract);
            findings = value is null
                ? [new Finding(
                    Severity.Error, Subject, "", Reasons.UnexpectedJson, "is null; write an object")]
                : [];
            return value;
        }
        catch (JsonException e)
        {
            // The reader's own errors, unlike those about the form, have the reader's exception inside.
            bool isMalformed = e.InnerException is JsonException;
            string place = e.LineNumber is null ? ""
                : $" (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
            findings =
            [
                new Finding(
                    Severity.Error, Subject, e.Path?.TrimStart('$').TrimStart('.') ?? "",
                    isMalformed ? Reasons.MalformedJson : Reasons.UnexpectedJson, Trim(e.Message) + place),
            ];
            return null;
        }
        catch (Exception e) when (
            e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            findings = [new Finding(Severity.Error, Subject, "", Reasons.UnexpectedJson, Trim(e.Message))];
            return null;
        }
    }

    /// <summary>Without the path and position that the serialiser appends: they are given apart.</summary>
    private static string Trim(string message)
    {
        int end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (end < 0)
            end = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
