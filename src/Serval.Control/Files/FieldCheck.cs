using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Serval.Common;
using Serval.Control.Reporting;

namespace Serval.Control.Files;

/// <summary>
/// Compares an object with the shape of its type before it is read: all unknown fields, wrong types and
/// missing fields at once, each with its path, where a deserialiser would stop at the first.
/// </summary>
internal sealed class FieldCheck(JsonSerializerOptions options, FindingList findings)
{
    /// <summary>Checks the whole object.</summary>
    public void CheckObject(JsonObject node, JsonTypeInfo shape) =>
        CheckFields(node, shape, "", isRoot: true);

    private void CheckFields(JsonObject node, JsonTypeInfo shape, string path, bool isRoot = false)
    {
        foreach ((string name, JsonNode? value) in node)
        {
            JsonPropertyInfo? property = Find(shape, name);
            string field = Join(path, name);
            if (property is not null)
                Check(value, property.PropertyType, field);
            else if (!KnownFields.IsUnread(shape.Type, name, isRoot))
                findings.Warning(field, Reason.UnknownField, UnknownFieldMessage(shape, name));
        }
        foreach (JsonPropertyInfo property in shape.Properties)
        {
            if (property.IsRequired && !node.ContainsKey(property.Name))
            {
                findings.Error(Join(path, property.Name), Reason.MissingField,
                    "This field is required; add it.");
            }
        }
    }

    private void Check(JsonNode? node, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement))
            return;
        if (type == typeof(string))
            Expect(node, JsonValueKind.String, path, "a string in quotes");
        else if (type == typeof(bool))
            CheckBoolean(node, path);
        else if (type == typeof(int))
            CheckInteger(node, path, int.MinValue, int.MaxValue);
        else if (type == typeof(long))
            CheckInteger(node, path, long.MinValue, long.MaxValue);
        else
            CheckStructure(node, options.GetTypeInfo(type), path);
    }

    private void CheckStructure(JsonNode? node, JsonTypeInfo shape, string path)
    {
        switch (shape.Kind)
        {
            case JsonTypeInfoKind.Enumerable when Expect(node, JsonValueKind.Array, path, "a list"):
                JsonArray items = node!.AsArray();
                for (int i = 0; i < items.Count; i++)
                    Check(items[i], shape.ElementType!, $"{path}[{i}]");
                break;
            case JsonTypeInfoKind.Dictionary when Expect(node, JsonValueKind.Object, path, "a mapping"):
                foreach ((string name, JsonNode? value) in node!.AsObject())
                    Check(value, shape.ElementType!, $"{path}[{name}]");
                break;
            case JsonTypeInfoKind.Object when Expect(node, JsonValueKind.Object, path, "a mapping of fields"):
                CheckFields(node!.AsObject(), shape, path);
                break;
        }
    }

    private bool Expect(JsonNode? node, JsonValueKind kind, string path, string expected)
    {
        JsonValueKind actual = node?.GetValueKind() ?? JsonValueKind.Null;
        if (actual == kind)
            return true;
        findings.Error(path, Reason.WrongType, $"Expected {expected}, got {Describe(actual)}.");
        return false;
    }

    private void CheckBoolean(JsonNode? node, string path)
    {
        if (node?.GetValueKind() != JsonValueKind.False)
            Expect(node, JsonValueKind.True, path, "true or false");
    }

    private void CheckInteger(JsonNode? node, string path, long min, long max)
    {
        if (!Expect(node, JsonValueKind.Number, path, "a whole number without quotes"))
            return;
        JsonValue value = node!.AsValue();
        if (!value.TryGetValue(out long number)
            && !(value.TryGetValue(out JsonElement element) && element.TryGetInt64(out number)))
        {
            findings.Error(path, Reason.WrongType,
                "Expected a whole number, got a fraction or a number that is too large.");
        }
        else if (number < min || number > max)
            findings.Error(path, Reason.WrongType, $"This number must be from {min} to {max}.");
    }

    private static JsonPropertyInfo? Find(JsonTypeInfo shape, string name)
    {
        foreach (JsonPropertyInfo property in shape.Properties)
        {
            if (property.Set is not null && property.Name == name)
                return property;
        }
        return null;
    }

    private static string UnknownFieldMessage(JsonTypeInfo shape, string name)
    {
        string? near = Spelling.FindNearest(
            shape.Properties.Where(property => property.Set is not null).Select(property => property.Name),
            name);
        return near is null
            ? "There is no such field here, so it has no effect; check its spelling and indentation."
            : $"There is no such field here, so it has no effect; did you mean '{near}'?";
    }

    /// <summary>A kind of value, as findings call it.</summary>
    public static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a mapping",
        _ => "nothing",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
