using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class FileListingTests
{
    [Fact]
    public void Files_of_known_endings_are_listed_by_name_through_all_folders()
    {
        using TempFolder folder = new();
        foreach (string name in (string[])["b.yml", "a.yaml", "z/c.json", "B.YAML", "notes.txt", "a.yaml~",
            ".hidden.yaml", ".git/d.yaml"])
            folder.Write(name, "");
        Assert.Equal("B.YAML a.yaml b.yml z/c.json", Names(folder.Root));
    }

    [Fact]
    public void A_mounted_ConfigMap_is_read_once()
    {
        using TempFolder folder = new();
        folder.Write("..2026_01/a.yaml", "");
        Directory.CreateSymbolicLink(folder.PathOf("..data"), "..2026_01");
        File.CreateSymbolicLink(folder.PathOf("a.yaml"), "..data/a.yaml");
        FileListing listing = FileListing.Read(folder.Root);
        Assert.Equal("a.yaml", Assert.Single(listing.Files).Name);
        Assert.EndsWith("..2026_01/a.yaml", listing.Files[0].RealPath, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_once_and_loops_end()
    {
        using TempFolder folder = new();
        folder.Write("real/a.yaml", "");
        Directory.CreateSymbolicLink(folder.PathOf("again"), "real");
        Directory.CreateSymbolicLink(folder.PathOf("real/up"), "..");
        File.CreateSymbolicLink(folder.PathOf("self.yaml"), "self.yaml");
        FileListing listing = FileListing.Read(folder.Root);
        Assert.Equal("again/a.yaml", string.Join(' ', listing.Files.Select(file => file.Name)));
        Assert.Equal("self.yaml", Assert.Single(listing.Findings).Field);
    }

    [Fact]
    public void A_single_file_may_have_any_name()
    {
        using TempFolder folder = new();
        folder.Write("config", "");
        Assert.Equal("config", Names(folder.PathOf("config")));
    }

    [Fact]
    public void A_path_that_is_not_there_is_a_finding()
    {
        using TempFolder folder = new();
        FileListing listing = FileListing.Read(folder.PathOf("absent"));
        Assert.False(listing.IsRootReadable);
        Assert.Equal("UnreadableFile", Assert.Single(listing.Findings).Reason);
    }

    [Fact]
    public void Depth_of_folders_is_bounded()
    {
        using TempFolder folder = new();
        string deep = string.Concat(Enumerable.Repeat("d/", Limits.FolderDepthMax + 1));
        folder.Write($"{deep}a.yaml", "");
        folder.Write("b.yaml", "");
        FileListing listing = FileListing.Read(folder.Root);
        Assert.Equal("b.yaml", Assert.Single(listing.Files).Name);
        Assert.Equal("TooMany", Assert.Single(listing.Findings).Reason);
    }

    private static string Names(string root) =>
        string.Join(' ', FileListing.Read(root).Files.Select(file => file.Name));
}
