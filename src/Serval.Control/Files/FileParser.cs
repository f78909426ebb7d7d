using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Config.Validating;
using Serval.Control.Admitting;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>Turns the bytes of one file into objects and findings.</summary>
/// <remarks>Owner: one call of <see cref="Parse"/>.</remarks>
internal sealed class FileParser
{
    private readonly string _name;
    private readonly List<LoadedObject> _objects = [];
    private readonly List<ObjectKey> _refused = [];
    private readonly List<Finding> _findings = [];

    private readonly byte[] _bytes;
    private string? _text;

    private FileParser(string name, byte[] bytes) => (_name, _bytes) = (name, bytes);

    /// <summary>Reads a file; <paramref name="name"/> is how findings call it.</summary>
    public static ParsedFile Parse(string name, byte[] bytes)
    {
        FileParser parser = new(name, bytes);
        bool isReadable = true;
        List<Document> documents = DocumentReader.Read(name, bytes, failure =>
        {
            isReadable = false;
            parser._findings.Add(new Finding(
                Severity.Error, $"{name}:{failure.Line}", "", Reason.UnreadableYaml,
                $"This document cannot be read: {failure.Message}"));
        });
        foreach (Document document in documents)
            parser.ReadDocument(document, document.Root, inheritedKind: null, inheritedVersion: null);
        return new ParsedFile
        {
            Objects = [.. parser._objects],
            Refused = [.. parser._refused],
            Findings = [.. parser._findings],
            IsReadable = isReadable,
        };
    }

    private void ReadDocument(
        Document document, JsonNode? node, string? inheritedKind, string? inheritedVersion)
    {
        if (node is null)
            return;
        string location = $"{_name}:{document.LineOf(node)}";
        FindingList findings = new(location);
        if (node is not JsonObject body)
        {
            findings.Error("", Reason.WrongType,
                "This document is not a Kubernetes object: expected a mapping with apiVersion and kind, got "
                + $"{FieldCheck.Describe(node.GetValueKind())}.");
            _findings.AddRange(findings.ToImmutable());
            return;
        }

        string? apiVersion = TextOf(body, "apiVersion") ?? inheritedVersion;
        string? kind = TextOf(body, "kind") ?? inheritedKind;
        if (apiVersion is null)
        {
            findings.Error("apiVersion", Reason.MissingField,
                "An object names its API version, such as 'v1'; add it.");
        }
        if (kind is null)
        {
            findings.Error("kind", Reason.MissingField,
                "An object names its kind, such as 'HTTPRoute'; add it.");
        }
        _findings.AddRange(findings.ToImmutable());
        if (apiVersion is null || kind is null)
            return;
        if (kind.EndsWith("List", StringComparison.Ordinal) && body["items"] is JsonArray items)
            ReadItems(document, items, apiVersion, kind);
        else
            ReadObject(body, apiVersion, kind, location);
    }

    private void ReadItems(Document document, JsonArray items, string apiVersion, string kind)
    {
        // A typed list (HTTPRouteList) may leave kind and version out of its items; a plain one may not.
        string itemKind = kind[..^"List".Length];
        string? inheritedKind = itemKind.Length == 0 ? null : itemKind;
        foreach (JsonNode? item in items)
        {
            if (_objects.Count >= Limits.DocumentsMax)
                return;
            ReadDocument(document, item, inheritedKind, inheritedKind is null ? null : apiVersion);
        }
    }

    private void ReadObject(JsonObject body, string apiVersion, string kind, string location)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? Groups.Core : apiVersion[..slash];
        string version = apiVersion[(slash + 1)..];
        RemoveNulls(body);
        JsonObject? metadata = body["metadata"] as JsonObject;
        string name = metadata is null ? "" : TextOf(metadata, "name") ?? "";
        ResourceKind? known = ResourceKind.Find(group, kind);
        // kubectl takes an empty namespace for none.
        if (known is { IsNamespaced: true } && metadata is not null
            && (!metadata.ContainsKey("namespace") || TextOf(metadata, "namespace") is ""))
            metadata["namespace"] = "default";
        if (known is { IsNamespaced: false })
            metadata?.Remove("namespace");
        string @namespace = metadata is null ? "" : TextOf(metadata, "namespace") ?? "";
        ObjectKey key = new(group, kind, @namespace, name);
        string subject = name.Length == 0 ? kind : key.ToString();
        FindingList findings = new(subject);

        if (known is null)
            KindCheck.Tell(group, kind, apiVersion, findings);
        else if (!known.Versions.Contains(version))
        {
            findings.Error("apiVersion", Reason.UnsupportedVersion,
                $"This version is not read; use '{Join(group, known.Versions[0])}'.");
        }
        else
            ReadKnown(body, known, key, location, findings);
        foreach (Finding finding in findings.ToImmutable())
            _findings.Add(finding with { Subject = $"{subject} ({PlaceOf(finding.Field, location)})" });
    }

    // The place of the field; of the object where there is none.
    private string PlaceOf(string field, string location)
    {
        _text ??= Encoding.UTF8.GetString(_bytes).TrimStart('\uFEFF');
        int line = int.Parse(
            location.AsSpan(location.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return FieldPlaces.Find(_text, line, field) is { } place ? $"{_name}:{place}" : location;
    }

    private void ReadKnown(
        JsonObject body, ResourceKind kind, ObjectKey key, string location, FindingList findings)
    {
        new FieldCheck(kind.TypeInfo.Options, findings).CheckObject(body, kind.TypeInfo);
        if (key.Name.Length == 0 && body.ContainsKey("metadata"))
            findings.Error("metadata.name", Reason.MissingField, "An object needs a name; add it.");
        if (!findings.HasErrors)
        {
            Resource resource = WithVersion(kind.Read(body), body);
            Admission.Check(resource, findings);
            if (!findings.HasErrors)
            {
                _objects.Add(new LoadedObject(resource, location));
                return;
            }
        }
        if (key.Name.Length > 0)
            _refused.Add(key);
    }

    // A file is read as a whole; the hash tells which of its objects have changed.
    private static Resource WithVersion(Resource resource, JsonObject body)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(body.ToJsonString()));
        return resource with
        {
            // Copied from a cluster, its identity there says nothing about what the file says now.
            Metadata = resource.Metadata with
            {
                ResourceVersion = Convert.ToHexStringLower(hash),
                Uid = "",
            },
        };
    }

    // An empty value is an absent field, as an API server reads it.
    private static void RemoveNulls(JsonNode node)
    {
        if (node is JsonObject mapping)
        {
            string[] empty = [.. mapping.Where(pair => pair.Value is null).Select(pair => pair.Key)];
            foreach (string name in empty)
                mapping.Remove(name);
            foreach ((_, JsonNode? value) in mapping)
                RemoveNulls(value!);
        }
        else if (node is JsonArray sequence)
        {
            foreach (JsonNode? item in sequence)
            {
                if (item is not null)
                    RemoveNulls(item);
            }
        }
    }

    private static string? TextOf(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Join(string group, string version) =>
        group.Length == 0 ? version : $"{group}/{version}";
}
