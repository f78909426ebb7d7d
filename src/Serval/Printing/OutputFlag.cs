using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serval.Common;

namespace Serval.CommandLine.Printing;

/// <summary>The option <c>-o</c>, the same in every verb that prints what programs may read.</summary>
internal sealed class OutputFlag
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly WordOption<OutputFormat> _format;

    /// <summary>Makes the option.</summary>
    /// <param name="name">Its long name, where another option has the usual one.</param>
    public OutputFlag(string name = "--output")
    {
        _format = new WordOption<OutputFormat>(
            name, "A table for people; JSON or YAML for programs", OutputFormat.Table);
        _format.Option.Aliases.Add("-o");
    }

    /// <summary>The option, to add to a verb.</summary>
    public Option<string> Option => _format.Option;

    /// <summary>How to print.</summary>
    public OutputFormat Format(ParseResult parsed) => _format.Read(parsed);

    /// <summary>Prints the values, or the text that is made of them for people.</summary>
    public void Print(ParseResult parsed, JsonNode? values, Func<string> table) =>
        Console.Out.Write(Format(parsed) switch
        {
            OutputFormat.Json => Json(values),
            OutputFormat.Yaml => JsonYaml.Write(values),
            _ => table(),
        });

    /// <summary>Indented JSON that ends with a line break.</summary>
    public static string Json(JsonNode? values)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, Indented))
        {
            if (values is null)
                writer.WriteNullValue();
            else
                values.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }
}
