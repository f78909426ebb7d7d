using System.Text;
using Serval.Common.Files;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Roles;

public sealed class CheckedFileTests
{
    [Fact]
    public void A_file_that_is_larger_than_any_content_may_be_is_not_read()
    {
        using Folder folder = new();
        string path = Path.Combine(folder.Root, "state");
        byte[] content = Encoding.ASCII.GetBytes("0123456789");
        Of(path, content.Length).Write(content);
        Assert.Equal(content, Of(path, content.Length).Read());
        InvalidDataException fault = Assert.Throws<InvalidDataException>(
            () => Of(path, content.Length - 1).Read());
        Assert.Equal("is larger than 9 bytes", fault.Message);
    }

    [Fact]
    public void A_content_that_is_too_long_is_refused_and_what_was_kept_still_is()
    {
        using Folder folder = new();
        CheckedFile file = Of(Path.Combine(folder.Root, "state"), lengthMax: 4);
        Assert.Null(file.Read());
        file.Write("kept"u8);
        Assert.Throws<IOException>(() => file.Write("longer"u8));
        Assert.Throws<IOException>(() => file.Write(output => output.Write("longer"u8)));
        Assert.Equal("kept"u8.ToArray(), file.Read());
    }

    private static CheckedFile Of(string path, int lengthMax) => new(path, "mark ", lengthMax);
}
