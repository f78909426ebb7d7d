using System.Globalization;
using System.Text.Json;
using Serval.VppBridge.Api;

namespace Serval.VppBridge.Tests.Api;

/// <summary>Packs messages from VPP's own definitions, knowing nothing of the bridge's codecs. Fields go by
/// their path, such as "peer.allowed_ips[0].len"; what is not said is zero.</summary>
internal sealed class MessageLayout
{
    private readonly Dictionary<string, JsonElement> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _enums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _aliases = new(StringComparer.Ordinal);

    public static MessageLayout Load(string folder)
    {
        var layout = new MessageLayout();
        foreach (string file in Directory.GetFiles(folder, "*.api.json"))
            layout.Add(JsonDocument.Parse(File.ReadAllText(file)).RootElement);
        return layout;
    }

    public IEnumerable<string> Names => _messages.Keys;

    /// <summary>The name with its checksum, as VPP lists it.</summary>
    public string FullName(string message)
    {
        JsonElement definition = _messages[message];
        string crc = definition[definition.GetArrayLength() - 1].GetProperty("crc").GetString()!;
        return $"{message}_{crc[2..]}";
    }

    /// <summary>The message without its id.</summary>
    public byte[] Pack(string message, Dictionary<string, object> values)
    {
        var writer = new ApiWriter();
        var used = new HashSet<string>(StringComparer.Ordinal);
        WriteFields(writer, _messages[message], "", values, used);
        string[] unknown = [.. values.Keys.Where(k => !used.Contains(k))];
        Assert.True(unknown.Length == 0, $"{message} has no field {string.Join(", ", unknown)}");
        return writer.ToArray();
    }

    private void Add(JsonElement root)
    {
        foreach (JsonElement message in root.GetProperty("messages").EnumerateArray())
            _messages[message[0].GetString()!] = message;
        foreach (string kind in (string[])["types", "unions"])
        {
            foreach (JsonElement type in root.GetProperty(kind).EnumerateArray())
                _types[type[0].GetString()!] = type;
        }

        foreach (string kind in (string[])["enums", "enumflags"])
        {
            foreach (JsonElement item in root.GetProperty(kind).EnumerateArray())
                _enums[item[0].GetString()!] =
                    item[item.GetArrayLength() - 1].GetProperty("enumtype").GetString()!;
        }

        foreach (JsonProperty alias in root.GetProperty("aliases").EnumerateObject())
            _aliases[alias.Name] = alias.Value;
    }

    private void WriteFields(
        ApiWriter writer, JsonElement definition, string path, Dictionary<string, object> values,
        HashSet<string> used)
    {
        foreach (JsonElement field in definition.EnumerateArray().Skip(1))
        {
            if (field.ValueKind != JsonValueKind.Array || field[1].GetString() == "_vl_msg_id")
                continue;
            string type = field[0].GetString()!, name = path + field[1].GetString();
            bool isArray = field.GetArrayLength() > 2 && field[2].ValueKind == JsonValueKind.Number;
            if (!isArray)
            {
                WriteValue(writer, type, name, values, used);
                continue;
            }

            int count = field[2].GetInt32();
            if (type == "string" || type == "u8")
                WriteBytes(writer, name, count, values, used);
            else if (count == 0)
                count = Convert.ToInt32(
                    values.GetValueOrDefault(path + field[3].GetString(), 0), CultureInfo.InvariantCulture);
            for (int i = 0; i < count && type is not ("string" or "u8"); i++)
                WriteValue(writer, type, $"{name}[{i}]", values, used);
        }
    }

    private void WriteValue(
        ApiWriter writer, string type, string name, Dictionary<string, object> values, HashSet<string> used)
    {
        string bare = type.StartsWith("vl_api_", StringComparison.Ordinal) ? type[7..^2] : type;
        if (_enums.TryGetValue(bare, out string? number))
        {
            bare = number;
        }
        else if (_aliases.TryGetValue(bare, out JsonElement alias))
        {
            if (alias.TryGetProperty("length", out JsonElement length))
                WriteBytes(writer, name, length.GetInt32(), values, used);
            else
                WriteValue(writer, alias.GetProperty("type").GetString()!, name, values, used);
            return;
        }
        else if (bare == "address_union")
        {
            WriteBytes(writer, name, 16, values, used);
            return;
        }
        else if (_types.TryGetValue(bare, out JsonElement inner))
        {
            WriteFields(writer, inner, name + ".", values, used);
            return;
        }

        used.Add(name);
        ulong value = unchecked((ulong)Convert.ToInt64(
            values.GetValueOrDefault(name, 0), CultureInfo.InvariantCulture));
        int size = bare switch
        {
            "u8" or "bool" => 1,
            "u16" => 2,
            "u32" or "i32" => 4,
            _ => throw new InvalidOperationException($"{name} is of the unknown type {type}"),
        };
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
            writer.U8((byte)(value >> shift));
    }

    private static void WriteBytes(
        ApiWriter writer, string name, int count, Dictionary<string, object> values, HashSet<string> used)
    {
        used.Add(name);
        byte[] bytes = (byte[])values.GetValueOrDefault(name, Array.Empty<byte>());
        writer.Bytes(bytes).Bytes(new byte[count - bytes.Length]);
    }
}
