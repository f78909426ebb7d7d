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

    private const int CopyBytes = 16 * 1024;

    private readonly int _headerLength = mark.Length + (SHA256.HashSizeInBytes * 2) + 1;

    /// <summary>Where the next content is written before it takes the place of the file.</summary>
    private string Beside => path + ".new";

    /// <summary>Where a content is written whose checksum is not known before its end.</summary>
    private string Draft => path + ".draft";

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
            || !Header(SHA256.HashData(bytes.AsSpan(_headerLength)))
                .AsSpan().SequenceEqual(bytes.AsSpan(0, _headerLength)))
            throw new InvalidDataException("is damaged: its checksum does not match");
        return bytes[_headerLength..];
    }

    /// <summary>Replaces the content. The folder must exist.</summary>
    /// <exception cref="IOException">
    /// It cannot be kept, or is longer than it may be; what was kept before still is.
    /// </exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        RequireLength(content.Length);
        using (FileStream file = Create(Beside, FileOptions.None))
        {
            file.Write(Header(SHA256.HashData(content)));
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        Replace();
    }

    /// <summary>
    /// Replaces the content by what <paramref name="write"/> writes to a stream. A large content is never in
    /// memory as a whole: it goes to a draft first, because the checksum stands before it.
    /// </summary>
    /// <exception cref="IOException">
    /// It cannot be kept, or is longer than it may be; what was kept before still is.
    /// </exception>
    public void Write(Action<Stream> write)
    {
        using (FileStream draft = Create(Draft, FileOptions.DeleteOnClose))
        {
            write(draft);
            RequireLength(draft.Length);
            draft.Position = 0;
            byte[] header = Header(SHA256.HashData(draft));
            draft.Position = 0;
            using FileStream file = Create(Beside, FileOptions.None);
            file.Write(header);
            draft.CopyTo(file, CopyBytes);
            file.Flush(flushToDisk: true);
        }
        Replace();
    }

    private void RequireLength(long length)
    {
        if (length > lengthMax)
            throw new IOException($"{path} would be larger than {lengthMax} bytes");
    }

    private FileStream Create(string name, FileOptions options)
    {
        FileStreamOptions how = new()
        {
            Mode = FileMode.Create,
            Access = options == FileOptions.None ? FileAccess.Write : FileAccess.ReadWrite,
            Options = options,
            BufferSize = 0,
        };
        if (isSecret)
        {
            // What an earlier run left there may be open or readable elsewhere.
            File.Delete(name);
            how.Mode = FileMode.CreateNew;
            how.UnixCreateMode = OwnerOnly;
        }
        return new FileStream(name, how);
    }

    private void Replace()
    {
        File.Move(Beside, path, overwrite: true);
        FolderSync.Sync(Path.GetDirectoryName(path)!);
    }

    private byte[] Header(ReadOnlySpan<byte> checksum) =>
        Encoding.ASCII.GetBytes($"{mark}{Convert.ToHexStringLower(checksum)}\n");
}
