using System.Security.Cryptography;
using System.Text;

namespace Serval.Common.Files;

/// <summary>
/// A file of state that survives crashes and tells when it is damaged. Its first line is a mark and the
/// SHA-256 of the rest in hexadecimal. It is replaced whole: written beside the old file, flushed to the
/// disk, moved over it, and the folder flushed too. Only one process may write it.
/// </summary>
/// <param name="path">The file. <c>.new</c> behind this name is where the next content is written.</param>
/// <param name="mark">What the first line begins with: the kind and version of the content.</param>
/// <param name="lengthMax">Bytes that the content may have.</param>
/// <param name="isSecret">Whether only its owner may read it; otherwise the umask says who may.</param>
public sealed class CheckedFile(string path, string mark, long lengthMax, bool isSecret = false)
{
    /// <summary>Permissions of a file with secrets.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly int _headerLength = mark.Length + (SHA256.HashSizeInBytes * 2) + 1;

    /// <summary>Where the next content is written before it takes the place of the file.</summary>
    private string Beside => path + ".new";

    /// <summary>The content; null if there is no file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or larger than any content may be.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? Read()
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > _headerLength + lengthMax)
                throw new InvalidDataException($"is larger than {lengthMax} bytes");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        if (bytes.Length < _headerLength
            || !bytes.AsSpan(0, _headerLength).SequenceEqual(Header(bytes.AsSpan(_headerLength))))
            throw new InvalidDataException("is damaged: its checksum does not match");
        return bytes[_headerLength..];
    }

    /// <summary>Replaces the content. The folder must exist.</summary>
    /// <exception cref="IOException">
    /// It cannot be kept, or is longer than it may be; what was kept before still is.
    /// </exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        if (content.Length > lengthMax)
            throw new IOException($"{path} would be larger than {lengthMax} bytes");
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (isSecret)
        {
            // What an earlier run left there may be open or readable elsewhere.
            File.Delete(Beside);
            options.Mode = FileMode.CreateNew;
            options.UnixCreateMode = OwnerOnly;
        }
        using (FileStream file = new(Beside, options))
        {
            file.Write(Header(content));
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(Beside, path, overwrite: true);
        FolderSync.Sync(Path.GetDirectoryName(path)!);
    }

    private byte[] Header(ReadOnlySpan<byte> content) =>
        Encoding.ASCII.GetBytes($"{mark}{Convert.ToHexStringLower(SHA256.HashData(content))}\n");
}
