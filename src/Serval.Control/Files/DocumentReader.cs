using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Control.Files;

/// <summary>A file's bytes to documents.</summary>
internal static class DocumentReader
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions JsonOptions = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = Limits.NodeDepthMax,
    };

    /// <summary>
    /// The readable documents; each unreadable one is told to <paramref name="onUnreadable"/>.
    /// </summary>
    public static List<Document> Read(string name, byte[] bytes, Action<DocumentException> onUnreadable)
    {
        List<Document> documents = [];
        try
        {
            string text = StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
            if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                documents.Add(ReadJson(text));
            else
                ReadYaml(text, documents, onUnreadable);
        }
        catch (DecoderFallbackException)
        {
            onUnreadable(new DocumentException(1, "the file is not UTF-8 text; save it as UTF-8"));
        }
        catch (DocumentException exception)
        {
            onUnreadable(exception);
        }
        return documents;
    }

    private static Document ReadJson(string text)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(text, documentOptions: JsonOptions);
            ReadTexts(root);
            return new Document(root, 1, new Dictionary<JsonNode, int>());
        }
        catch (InvalidOperationException)
        {
            throw new DocumentException(1, "a string has half of a surrogate pair");
        }
        catch (JsonException exception)
        {
            throw new DocumentException((int)(exception.LineNumber ?? 0) + 1, Describe(exception));
        }
    }

    // The library's message ends with a place that counts from 0, and may name options of its own.
    private static string Describe(JsonException exception)
    {
        string message = exception.Message;
        int place = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        if (place >= 0)
            message = message[..place];
        message = message.Replace(" Change the reader options.", "", StringComparison.Ordinal)
            .Replace(" in this mode", "", StringComparison.Ordinal).TrimEnd('.');
        return string.Create(
            CultureInfo.InvariantCulture, $"{message} (column {(exception.BytePositionInLine ?? 0) + 1})");
    }

    // Texts are decoded when they are first read, and only then found to be malformed.
    private static void ReadTexts(JsonNode? node)
    {
        if (node is JsonObject mapping)
        {
            foreach ((_, JsonNode? value) in mapping)
                ReadTexts(value);
        }
        else if (node is JsonArray sequence)
        {
            foreach (JsonNode? item in sequence)
                ReadTexts(item);
        }
        else
        {
            node?.AsValue().TryGetValue(out string? _);
        }
    }

    private static void ReadYaml(
        string text, List<Document> documents, Action<DocumentException> onUnreadable)
    {
        foreach ((string segment, int line) in YamlSegments.Split(text))
        {
            try
            {
                documents.AddRange(YamlReader.Read(segment, line));
            }
            catch (DocumentException exception)
            {
                onUnreadable(exception);
            }
            if (documents.Count > Limits.DocumentsMax)
            {
                throw new DocumentException(line,
                    $"there are more than {Limits.DocumentsMax} documents; split the file");
            }
        }
    }
}
