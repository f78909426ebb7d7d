using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class FileSetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_cannot_be_read_does_not_make_the_others_be_read_again()
    {
        _folder.Write("a.yaml", Objects.Route("a", "a.example"));
        _folder.MakePipe("pipe.yaml");
        FileSet files = new(_folder.Root, TimeProvider.System);
        Assert.True(files.Update(FileListing.Read(_folder.Root), isCertain: true));
        Assert.True(files.NeedsReading);

        // Another content of the same length and time: only who reads the file again can notice.
        DateTime written = File.GetLastWriteTimeUtc(_folder.PathOf("a.yaml"));
        _folder.Write("a.yaml", Objects.Route("a", "b.example"));
        File.SetLastWriteTimeUtc(_folder.PathOf("a.yaml"), written);
        Assert.False(files.Update(FileListing.Read(_folder.Root), isCertain: false));
        Assert.True(files.Update(FileListing.Read(_folder.Root), isCertain: true));
    }
}
