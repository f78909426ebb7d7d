using Serval.Config.Validating;

namespace Serval.Control.Tests;

public sealed class FileProviderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FileProviderTests()
    {
        _folder.Write("gateway.yaml", Objects.ClassAndGateway);
        _folder.Write("a.yaml", Objects.Route("a", "a.example"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_that_is_not_there_is_an_error_and_an_empty_snapshot()
    {
        Translation translation = new FileProvider(_folder.PathOf("absent")).Load();
        Finding finding = Assert.Single(translation.Findings);
        Assert.Equal((Severity.Error, "UnreadableFile"), (finding.Severity, finding.Reason));
        Assert.Empty(translation.Snapshot.Listeners);
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
    }

    [Fact]
    public void Equal_objects_have_equal_versions_wherever_they_stand()
    {
        FileProvider provider = new(_folder.Root);
        string version = provider.Load().Snapshot.Version;
        Assert.Matches("^[0-9a-f]{16}$", version);
        File.Move(_folder.PathOf("a.yaml"), _folder.PathOf("z.yaml"));
        Assert.Equal(version, provider.Load().Snapshot.Version);
        _folder.Write("z.yaml", Objects.Route("a", "b.example"));
        Assert.NotEqual(version, provider.Load().Snapshot.Version);
    }

    [Fact]
    public void An_unreadable_document_costs_its_neighbours_nothing_at_first()
    {
        string broken = "---\nbroken: [\n---\n";
        _folder.Write("a.yaml", Objects.Route("a", "a.example") + broken + Objects.Route("b", "b.example"));
        Translation translation = new FileProvider(_folder.Root).Load();
        Assert.Equal("a.example b.example", translation.Hostnames());
        Assert.Equal("UnreadableYaml", translation.Reasons());
    }

    [Fact]
    public void A_broken_file_keeps_what_it_held_until_it_reads_again()
    {
        FileProvider provider = new(_folder.Root);
        provider.Load();
        _folder.Write("a.yaml", Objects.Route("a", "new.example") + "---\nbroken: [\n");
        _folder.Write("b.yaml", Objects.Route("b", "b.example"));
        Translation broken = provider.Load();
        Assert.Equal("a.example b.example", broken.Hostnames());
        Assert.Equal("LastGoodKept UnreadableYaml", broken.Reasons());
        Assert.Equal(broken.Reasons(), provider.Load().Reasons());

        _folder.Write("a.yaml", Objects.Route("a", "new.example"));
        Translation repaired = provider.Load();
        Assert.Equal("new.example b.example", repaired.Hostnames());
        Assert.Empty(repaired.Findings);
    }

    [Fact]
    public void A_refused_object_keeps_its_own_last_good_version()
    {
        _folder.Write("a.yaml", Objects.Route("a", "a.example") + "---\n" + Objects.Route("b", "b.example"));
        FileProvider provider = new(_folder.Root);
        provider.Load();
        _folder.Write(
            "a.yaml", Objects.Route("a", "UPPER.example") + "---\n" + Objects.Route("b", "new.example"));
        Translation translation = provider.Load();
        Assert.Equal("a.example new.example", translation.Hostnames());
        Assert.Equal("InvalidValue LastGoodKept", translation.Reasons());
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_tried_again()
    {
        FileProvider provider = new(_folder.Root);
        using (FileStream large = File.OpenWrite(_folder.PathOf("large.yaml")))
            large.SetLength(Limits.FileBytesMax + 1L);
        Assert.Equal("UnreadableFile", provider.Load().Reasons());
        _folder.Write("large.yaml", Objects.Route("l", "l.example"));
        Assert.Equal("a.example l.example", provider.Load().Hostnames());
    }

    [Fact]
    public void A_deleted_file_takes_its_objects_with_it_and_a_deleted_path_takes_none()
    {
        FileProvider provider = new(_folder.Root);
        provider.Load();
        File.Delete(_folder.PathOf("a.yaml"));
        Assert.Empty(provider.Load().Snapshot.Routes);

        string moved = _folder.Root + "-moved";
        Directory.Move(_folder.Root, moved);
        Translation away = provider.Load();
        Assert.Single(away.Snapshot.Listeners);
        Assert.Equal("UnreadableFile LastGoodKept", away.Reasons());
        Directory.Move(moved, _folder.Root);
        Assert.Empty(provider.Load().Findings);
    }

    [Fact]
    public void Of_two_objects_of_one_name_the_first_file_counts()
    {
        _folder.Write("b.yaml", Objects.Route("a", "second.example"));
        Translation translation = new FileProvider(_folder.Root).Load();
        Assert.Equal("a.example", translation.Hostnames());
        Finding finding = Assert.Single(translation.Findings);
        Assert.Equal("HTTPRoute default/a (b.yaml:1)", finding.Subject);
        Assert.Contains("a.yaml:1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_Gateways_of_the_named_controller_are_served()
    {
        Assert.Single(new FileProvider(_folder.Root).Load().Snapshot.Listeners);
        Translation other = new FileProvider(_folder.Root, "example.com/other").Load();
        Assert.Empty(other.Snapshot.Listeners);
        Assert.Empty(other.Status.Gateways);
    }

    [Fact]
    public void A_translation_that_was_read_earlier_never_follows_a_later_one()
    {
        FileProvider provider = new(_folder.Root);
        Translation earlier = provider.Load();
        _folder.Write("a.yaml", Objects.Route("a", "b.example"));
        Translation later = provider.Load();
        NewestTranslation newest = new();
        Assert.Same(later, newest.Choose(later));
        Assert.Same(later, newest.Choose(earlier));
        Assert.Same(later, new NewestTranslation().Choose(later));
        Assert.Same(earlier, new NewestTranslation().Choose(earlier));
    }

    [Fact]
    public void A_change_of_endpoints_keeps_every_other_list_so_that_routers_compile_nothing()
    {
        string text = File.ReadAllText(GoldenCase.Root + "/quickstart/input.yaml");
        _folder.Write("one/input.yaml", text);
        FileProvider provider = new(_folder.PathOf("one"));
        Translation before = provider.Load();
        string address = before.Snapshot.EndpointSets.SelectMany(set => set.Endpoints).First().Address;
        _folder.Write("one/input.yaml", text.Replace(address, "127.9.9.9", StringComparison.Ordinal));
        Translation after = provider.Load();
        Assert.NotEqual(before.Snapshot.Version, after.Snapshot.Version);
        Assert.NotEqual(before.Snapshot.EndpointSets, after.Snapshot.EndpointSets);
        Assert.True(before.Snapshot.Listeners == after.Snapshot.Listeners);
        Assert.True(before.Snapshot.Routes == after.Snapshot.Routes);
        Assert.True(before.Snapshot.Clusters == after.Snapshot.Clusters);
    }
}
