using System.Text;

namespace Serval.Control.Tests.Files;

/// <summary>Files that are empty or half written, and what is no file at all.</summary>
public sealed class UnsettledFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly FileProvider _provider;

    public UnsettledFilesTests()
    {
        _folder.Write("gateway.yaml", Objects.ClassAndGateway);
        _folder.Write("a.yaml", Objects.Route("a", "a.example"));
        _provider = new FileProvider(_folder.Root, "serval.dev/gateway-controller", _time);
        Assert.Equal("a.example", _provider.Load().Hostnames());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_emptied_file_is_an_error_first_and_takes_effect_when_it_stays_empty()
    {
        _folder.Write("a.yaml", "");
        Translation emptied = _provider.Load();
        Assert.Equal("a.example", emptied.Hostnames());
        Assert.Equal("LastGoodKept", emptied.Reasons());
        _time.Advance(Limits.EmptyFileMs - 1);
        Assert.Equal("a.example", _provider.Load().Hostnames());
        _time.Advance(1);
        Translation gone = _provider.Load();
        Assert.Equal("", gone.Hostnames());
        Assert.Empty(gone.Findings);
    }

    [Fact]
    public void An_emptied_file_that_is_written_at_last_is_read_at_once()
    {
        _folder.Write("a.yaml", "# nothing but this\n");
        Assert.Equal("LastGoodKept", _provider.Load().Reasons());
        _folder.Write("a.yaml", Objects.Route("a", "b.example"));
        Translation written = _provider.Load();
        Assert.Equal("b.example", written.Hostnames());
        Assert.Empty(written.Findings);
        _folder.Write("a.yaml", "");
        Assert.Equal("b.example", _provider.Load().Hostnames());
        _folder.Write("a.yaml", Objects.Route("a", "b.example"));
        Assert.Empty(_provider.Load().Findings);
    }

    [Fact]
    public void A_file_that_is_being_written_keeps_what_it_held_until_it_is_closed()
    {
        string text = Objects.Route("a", "b.example") + "---\n" + Objects.Route("b", "c.example");
        using (FileStream writer = Open())
        {
            Translation translation = _provider.Load();
            Assert.Equal("a.example", translation.Hostnames());
            Assert.Empty(translation.Findings);
            writer.Write(Encoding.UTF8.GetBytes(Objects.Route("a", "b.example")));
            writer.Flush();
            Assert.Equal("a.example", _provider.Load().Hostnames());
            writer.Write(Encoding.UTF8.GetBytes(text[Objects.Route("a", "b.example").Length..]));
        }
        Assert.Equal("b.example c.example", _provider.Load().Hostnames());
    }

    [Fact]
    public void A_file_that_stays_open_is_read_when_nothing_was_written_for_a_while()
    {
        using FileStream writer = Open();
        writer.Write(Encoding.UTF8.GetBytes(Objects.Route("a", "b.example")));
        writer.Flush();
        Assert.Equal("a.example", _provider.Load().Hostnames());
        _time.Advance(Limits.WritingMaxMs);
        Assert.Equal("b.example", _provider.Load().Hostnames());
    }

    [Fact]
    public void A_pipe_and_a_device_hold_nothing_up()
    {
        _folder.MakePipe("pipe.yaml");
        File.CreateSymbolicLink(_folder.PathOf("device.yaml"), "/dev/zero");
        Translation translation = _provider.Load();
        Assert.Equal("a.example", translation.Hostnames());
        foreach (string name in (string[])["pipe.yaml", "device.yaml"])
        {
            Assert.Contains(translation.Findings, finding => finding.Subject == name
                && finding.Message == "It is not a regular file; remove it from here.");
        }
        _folder.Write("a.yaml", Objects.Route("a", "b.example"));
        Assert.Equal("b.example", _provider.Load().Hostnames());
    }

    private FileStream Open() => new(
        _folder.PathOf("a.yaml"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
