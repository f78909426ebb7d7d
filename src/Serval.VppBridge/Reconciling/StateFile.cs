using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serval.VppBridge.Reconciling;

/// <summary>Keeps the desired state over restarts of the bridge: one JSON file behind a line with its
/// SHA-256, written beside the old one, moved over it, and put on the disk. It holds private keys, so only
/// its owner may read it, and only its owner may enter the folder.</summary>
internal sealed class StateFile(string folder)
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Magic = "serval-vpp-state 1 ";
    private readonly string _path = Path.Combine(folder, "desired.state");

    /// <summary>What was kept; empty when nothing was.</summary>
    /// <exception cref="InvalidDataException">The file is damaged. It is left as it is: starting from nothing
    /// would take away what it asked for.</exception>
    public (DesiredState Desired, DesiredState Leaving, Provenance Made) Load()
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        RequireOwnerOnly();
        if (!File.Exists(_path))
            return (DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        if (new FileInfo(_path).Length > Limits.StateBytesMax)
            throw new InvalidDataException($"{_path} is larger than {Limits.StateBytesMax} bytes");
        byte[] bytes = File.ReadAllBytes(_path);
        int lineEnd = Array.IndexOf(bytes, (byte)'\n');
        string header = lineEnd < 0 ? string.Empty : Encoding.ASCII.GetString(bytes, 0, lineEnd);
        if (header != Magic + Checksum(bytes.AsSpan(lineEnd + 1)))
            throw new InvalidDataException(
                $"{_path} is damaged: its checksum does not match; restore or remove it");
        StateDocument document = JsonSerializer.Deserialize(
            bytes.AsSpan(lineEnd + 1), StateJson.Default.StateDocument)
            ?? throw new InvalidDataException($"{_path} is empty");
        (DesiredState desired, DesiredState leaving) = document.ToStates();
        return (desired, leaving, document.ToMade());
    }

    /// <exception cref="IOException">The state cannot be kept; what was kept before still is.</exception>
    public void Save(DesiredState desired, DesiredState leaving, Provenance made)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            StateDocument.From(desired, leaving, made), StateJson.Default.StateDocument);
        byte[] header = Encoding.ASCII.GetBytes(Magic + Checksum(json) + "\n");
        if (header.Length + json.Length > Limits.StateBytesMax)
            throw new IOException($"{_path} would be larger than {Limits.StateBytesMax} bytes");
        string next = _path + ".next";

        // What an earlier run left there may be readable by others.
        File.Delete(next);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(next, options))
        {
            stream.Write(header);
            stream.Write(json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
        FolderSync.Sync(folder);
    }

    // A folder that was there before, such as one that an older bridge or an installer made.
    private void RequireOwnerOnly()
    {
        if (File.GetUnixFileMode(folder) != OwnerOnly)
            File.SetUnixFileMode(folder, OwnerOnly);
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (File.Exists(_path) && File.GetUnixFileMode(_path) != Own)
            File.SetUnixFileMode(_path, Own);
    }

    private static string Checksum(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes));
}
