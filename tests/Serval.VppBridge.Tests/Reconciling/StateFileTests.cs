using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;

namespace Serval.VppBridge.Tests.Reconciling;

public sealed class StateFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("state");

    private string FilePath => Path.Combine(_folder.FullName, "desired.state");

    [Fact]
    public void What_was_kept_comes_back()
    {
        var file = new StateFile(_folder.FullName);
        DesiredState state = DesiredState.Empty with
        {
            Bindings = DesiredState.Empty.Bindings.Add("host-va", new AclBinding("host-va", ["a"], [])),
        };
        file.Save(state.WithVersion("binding/host-va"), DesiredState.Empty);
        (DesiredState desired, DesiredState leaving) = file.Load();
        Assert.Equal(["a"], desired.Bindings["host-va"].Inputs);
        Assert.Equal("1", desired.VersionOf("binding/host-va"));
        Assert.Empty(leaving.Bindings);
    }

    [Fact]
    public void A_file_that_is_cut_or_changed_at_any_byte_is_refused()
    {
        var file = new StateFile(_folder.FullName);
        file.Save(DesiredState.Empty, DesiredState.Empty);
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
        file.Save(DesiredState.Empty, DesiredState.Empty);
        byte[] before = File.ReadAllBytes(FilePath);
        var rule = new AclRule(
            AclAction.PermitReflect, IpPrefix.Any6, IpPrefix.Any6, 255, PortRange.All, PortRange.All, 0, 0);
        AclRule[] rules = [.. Enumerable.Repeat(rule, Limits.RulesMax)];
        DesiredState large = DesiredState.Empty with
        {
            Acls = DesiredState.Empty.Acls.AddRange(Enumerable.Range(0, 25)
                .Select(i => KeyValuePair.Create($"acl-{i}", new Acl($"acl-{i}", rules)))),
        };
        Assert.Throws<IOException>(() => file.Save(large, DesiredState.Empty));
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Only_the_owner_may_read_the_file()
    {
        string next = FilePath + ".next";
        File.WriteAllText(next, "left by an earlier run");
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        new StateFile(_folder.FullName).Save(DesiredState.Empty, DesiredState.Empty);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
