using System.Text.Json;
using Serval.Common.Files;

namespace Serval.VppBridge.Reconciling;

/// <summary>Keeps the desired state over restarts of the bridge: JSON in a checked file. It holds private
/// keys, so only its owner may read it, and only its owner may enter the folder.</summary>
internal sealed class StateFile(string folder)
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path = Path.Combine(folder, "desired.state");

    private CheckedFile Kept => new(_path, "serval-vpp-state 1 ", Limits.StateBytesMax, isSecret: true);

    /// <summary>What was kept; empty when nothing was.</summary>
    /// <exception cref="InvalidDataException">The file is damaged. It is left as it is: starting from nothing
    /// would take away what it asked for.</exception>
    public (DesiredState Desired, DesiredState Leaving, Provenance Made) Load()
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        RequireOwnerOnly();
        if (Read() is not { } json)
            return (DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        StateDocument document = JsonSerializer.Deserialize(json, StateJson.Default.StateDocument)
            ?? throw new InvalidDataException($"{_path} is empty");
        (DesiredState desired, DesiredState leaving) = document.ToStates();
        return (desired, leaving, document.ToMade());
    }

    /// <exception cref="IOException">The state cannot be kept; what was kept before still is.</exception>
    public void Save(DesiredState desired, DesiredState leaving, Provenance made) => Kept.Write(
        JsonSerializer.SerializeToUtf8Bytes(
            StateDocument.From(desired, leaving, made), StateJson.Default.StateDocument));

    private byte[]? Read()
    {
        try
        {
            return Kept.Read();
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{_path} {fault.Message}; restore or remove it", fault);
        }
    }

    // A folder that was there before, such as one that an older bridge or an installer made.
    private void RequireOwnerOnly()
    {
        if (File.GetUnixFileMode(folder) != OwnerOnly)
            File.SetUnixFileMode(folder, OwnerOnly);
        if (File.Exists(_path) && File.GetUnixFileMode(_path) != CheckedFile.OwnerOnly)
            File.SetUnixFileMode(_path, CheckedFile.OwnerOnly);
    }
}
