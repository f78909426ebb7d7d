using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;

namespace Serval.VppBridge.Tests.Reconciling;

public sealed class StateFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("state");

    private string FilePath => Path.Combine(_folder.FullName, "desired.state");

    [Fact]
    public void Only_the_owner_may_enter_the_folder_or_read_the_file()
    {
        string folder = Path.Combine(_folder.FullName, "state");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var file = new StateFile(folder);
        file.Load();
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder));
        file.Save(DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        string path = Path.Combine(folder, "desired.state");
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(path));

        // As an older bridge or a backup may have left it.
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        file.Load();
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(path));
    }

    [Fact]
    public void The_entries_that_nat_was_given_are_kept_and_an_older_file_has_them_all()
    {
        var file = new StateFile(_folder.FullName);
        var nat = new SourceNat(["host-va"], ["host-vb"], [System.Net.IPAddress.Loopback], 0);
        DesiredState state = DesiredState.Empty with { Nat = nat };
        file.Save(
            state, DesiredState.Empty, Provenance.Empty with { Nat = nat with { Inside = [] }, VppPid = 7 });
        (_, _, Provenance made) = file.Load();
        Assert.Equal((0, "host-vb", 7u), (made.Nat.Inside.Count, made.Nat.Outside[0], made.VppPid));
        var old = new StateDocument(
            StateDocument.State.From(state), StateDocument.State.From(DesiredState.Empty));
        Assert.Equal("host-va", Assert.Single(old.ToMade().Nat.Inside));
        Assert.Equal(nat.Addresses, old.ToMade().Nat.Addresses);
    }

    [Fact]
    public void What_was_kept_comes_back()
    {
        var file = new StateFile(_folder.FullName);
        DesiredState state = DesiredState.Empty with
        {
            Bindings = DesiredState.Empty.Bindings.Add("host-va", new AclBinding("host-va", ["a"], [])),
        };
        file.Save(state.WithVersion("binding/host-va"), DesiredState.Empty, Provenance.Empty);
        (DesiredState desired, DesiredState leaving, _) = file.Load();
        Assert.Equal(["a"], desired.Bindings["host-va"].Inputs);
        Assert.Equal("1", desired.VersionOf("binding/host-va"));
        Assert.Empty(leaving.Bindings);
    }

    [Fact]
    public void A_file_that_is_cut_or_changed_at_any_byte_is_refused()
    {
        var file = new StateFile(_folder.FullName);
        file.Save(DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        byte[] bytes = File.ReadAllBytes(FilePath);
        for (int i = 0; i < bytes.Length; i++)
        {
            File.WriteAllBytes(FilePath, bytes[..i]);
            Assert.Throws<InvalidDataException>(() => file.Load());
            byte[] changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            File.WriteAllBytes(FilePath, changed);
            Assert.Throws<InvalidDataException>(() => file.Load());
        }
    }

    [Fact]
    public void A_state_that_could_not_be_read_again_is_not_written()
    {
        var file = new StateFile(_folder.FullName);
        file.Save(DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        byte[] before = File.ReadAllBytes(FilePath);
        var rule = new AclRule(
            AclAction.PermitReflect, IpPrefix.Any6, IpPrefix.Any6, 255, PortRange.All, PortRange.All, 0, 0);
        AclRule[] rules = [.. Enumerable.Repeat(rule, Limits.RulesMax)];
        DesiredState large = DesiredState.Empty with
        {
            Acls = DesiredState.Empty.Acls.AddRange(Enumerable.Range(0, 25)
                .Select(i => KeyValuePair.Create($"acl-{i}", new Acl($"acl-{i}", rules)))),
        };
        Assert.Throws<IOException>(() => file.Save(large, DesiredState.Empty, Provenance.Empty));
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Only_the_owner_may_read_the_file()
    {
        string next = FilePath + ".next";
        File.WriteAllText(next, "left by an earlier run");
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        new StateFile(_folder.FullName).Save(DesiredState.Empty, DesiredState.Empty, Provenance.Empty);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
