using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serval.Control.Kubernetes;

namespace Serval.Control.Tests;

/// <summary>docs/configuration.md lists every field that is read.</summary>
public sealed class ConfigurationDocumentTests
{
    private const string Begin =
        "<!-- fields: made by SERVAL_GOLDENS=rewrite dotnet test tests/Serval.Control.Tests -->\n";
    private const string End = "<!-- end of fields -->\n";
    private const int DepthMax = 8;

    [Fact]
    public void Every_field_that_is_read_is_listed()
    {
        string path = Path.Combine(GoldenCase.Root, "..", "..", "..", "docs", "configuration.md");
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin);
        string expected = Fields();
        if (Environment.GetEnvironmentVariable("SERVAL_GOLDENS") == "rewrite")
            File.WriteAllText(path, text[..begin] + expected + text[end..]);
        else
            Assert.Equal(expected, text[begin..end]);
    }

    private static string Fields()
    {
        StringBuilder list = new();
        foreach (ResourceKind kind in ResourceKind.All)
        {
            List<string> fields = [];
            Collect(kind.TypeInfo, "", 0, fields);
            string shown = fields.Count == 0
                ? "its name alone"
                : string.Join(", ", fields.Select(field => $"`{field}`"));
            list.Append($"- **{kind.Kind}** (`{kind.ApiVersion}`): {shown}\n");
        }
        return list.ToString();
    }

    private static void Collect(JsonTypeInfo shape, string prefix, int depth, List<string> fields)
    {
        foreach (JsonPropertyInfo property in shape.Properties)
        {
            if (property.Set is null || (depth == 0 && property.Name == "metadata"))
                continue;
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            JsonTypeInfo inner = shape.Options.GetTypeInfo(type);
            string name = prefix + property.Name;
            if (inner.Kind == JsonTypeInfoKind.Enumerable)
            {
                name += "[]";
                inner = shape.Options.GetTypeInfo(inner.ElementType!);
            }
            if (inner.Kind == JsonTypeInfoKind.Object && depth < DepthMax && type != typeof(JsonElement))
                Collect(inner, $"{name}.", depth + 1, fields);
            else
                fields.Add(name);
        }
    }
}
