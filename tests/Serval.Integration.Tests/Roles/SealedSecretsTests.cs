using System.Text;
using Serval.CommandLine.Roles;
using Serval.Common;
using Serval.Config.Secrets;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Roles;

public sealed class SealedSecretsTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("-----BEGIN PRIVATE KEY-----secret");
    private readonly Folder _folder = new();

    [Fact]
    public void Keys_come_back_and_are_nowhere_in_the_file()
    {
        SealedSecrets secrets = SealedSecrets.Open(_folder.Root, KeyFile('a'));
        Assert.Null(secrets.Find(out string problem));
        Assert.Equal("", problem);
        secrets.Keep([Pair("one", 'd'), Pair("two", 'd')], []);
        SecretsPush kept = SealedSecrets.Open(_folder.Root, KeyFile('a')).Find(out problem)!;
        Assert.Equal("", problem);
        Assert.Equal(["one", "two"], kept.KeyPairs.Select(pair => pair.Name));
        Assert.Equal(Key, kept.KeyPairs[0].PrivateKeyPem);
        byte[] file = File.ReadAllBytes(SealedFile);
        Assert.Equal(-1, file.AsSpan().IndexOf("PRIVATE"u8));
        Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(Key))[..20]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(SealedFile));
    }

    [Fact]
    public void What_nobody_names_any_more_is_not_kept_on()
    {
        SealedSecrets secrets = SealedSecrets.Open(_folder.Root, KeyFile('a'));
        secrets.Keep([Pair("old", 'd'), Pair("live", 'd')], []);
        secrets.Keep([Pair("live", 'e')], [("live", new string('d', 64))]);
        Assert.Equal(
            ["live e", "live d"],
            secrets.Find(out _)!.KeyPairs.Select(pair => $"{pair.Name} {pair.Digest[0]}"));
    }

    [Fact]
    public void Another_key_or_a_changed_byte_opens_nothing_and_says_so()
    {
        SealedSecrets.Open(_folder.Root, KeyFile('a')).Keep([Pair("one", 'd')], []);
        Assert.Null(SealedSecrets.Open(_folder.Root, KeyFile('b')).Find(out string problem));
        Assert.Contains("another key", problem, StringComparison.Ordinal);
        byte[] file = File.ReadAllBytes(SealedFile);
        file[^1] ^= 1;
        File.WriteAllBytes(SealedFile, file);
        Assert.Null(SealedSecrets.Open(_folder.Root, KeyFile('a')).Find(out problem));
        Assert.Contains("checksum", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_others_can_read_or_that_is_too_short_or_long_is_refused()
    {
        string file = KeyFile('a');
        File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Refusal(file), StringComparison.Ordinal);
        File.SetUnixFileMode(file, OwnerOnly);
        foreach (int bytes in (int[])[31, 4_097])
        {
            File.WriteAllText(file, new string('k', bytes));
            Assert.Contains($"has {bytes} bytes", Refusal(file), StringComparison.Ordinal);
        }
        File.WriteAllText(file, new string('k', 4_096));
        SealedSecrets.Open(_folder.Root, file);
        Assert.Contains("cannot be read", Refusal(file + "-none"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string SealedFile => Path.Combine(_folder.Root, "secrets.sealed");

    private string Refusal(string file) =>
        Assert.Throws<OptionException>(() => SealedSecrets.Open(_folder.Root, file)).Message;

    private string KeyFile(char content)
    {
        string path = Path.Combine(_folder.Root, $"key-{content}");
        File.WriteAllText(path, new string(content, 32));
        File.SetUnixFileMode(path, OwnerOnly);
        return path;
    }

    private static KeyPair Pair(string name, char digest) => new()
    {
        Name = name,
        Digest = new string(digest, 64),
        ChainPem = [1],
        PrivateKeyPem = [.. Key],
    };
}
