using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Serval.Common;
using Serval.Control.Files;

namespace Serval.CommandLine.Vpp;

/// <summary>Reads a message of the API from a file or the standard input: its JSON form, written as JSON or
/// YAML.</summary>
internal static class MessageFile
{
    private const int FileBytesMax = 16 * 1024 * 1024;
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);

    /// <summary>The option that names the file.</summary>
    public static Option<string?> Option(string message, bool isRequired = true) => new("-f", "--file")
    {
        HelpName = "FILE|-",
        Description = $"{message} of the API as JSON or YAML; - is the standard input",
        Required = isRequired,
    };

    /// <summary>Reads the message.</summary>
    /// <exception cref="OptionException">There is no such file, or it holds something else.</exception>
    public static async Task<T> ReadAsync<T>(string path)
        where T : IMessage<T>, new()
    {
        string name = path == "-" ? "standard input" : path;
        if (!SingleDocument.TryRead(await ReadBytesAsync(path, name), out JsonNode? root, out string fault))
            throw new OptionException($"{name}: {fault}");
        try
        {
            return Parser.Parse<T>(root.ToJsonString());
        }
        catch (Exception unfit) when (
            unfit is InvalidProtocolBufferException or InvalidJsonException or FormatException)
        {
            string fields = string.Join(
                ", ", new T().Descriptor.Fields.InFieldNumberOrder().Select(field => field.Name));
            throw new OptionException(
                $"{name}: this is no {new T().Descriptor.Name}: {unfit.Message}; its fields are {fields}");
        }
    }

    private static async Task<byte[]> ReadBytesAsync(string path, string name)
    {
        try
        {
            await using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using MemoryStream read = new();
            byte[] block = new byte[64 * 1024];
            while (await stream.ReadAsync(block) is > 0 and var count)
            {
                read.Write(block, 0, count);
                if (read.Length > FileBytesMax)
                    throw new OptionException($"{name}: it is larger than {FileBytesMax} bytes");
            }
            return read.ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"{name}: {fault.Message}");
        }
    }
}
