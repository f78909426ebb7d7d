using System.Globalization;
using System.Net;
using System.Text;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Cli;

/// <summary>A command line built from fixed words and typed values. Words that come from outside pass
/// <see cref="Word"/>, which knows only characters without a meaning to VPP's parser.</summary>
internal sealed class CliCommand
{
    private readonly StringBuilder _text = new();

    private CliCommand(string fixedWords)
    {
        _text.Append(fixedWords);
        Timeout = fixedWords.StartsWith("set acl-plugin", StringComparison.Ordinal)
            || fixedWords.StartsWith("delete acl-plugin", StringComparison.Ordinal)
            ? Limits.AclCallTimeout : Limits.CallTimeout;
    }

    /// <summary>How long VPP may take. Changes of ACLs rebuild lookup tables, once for each
    /// interface.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Starts with words that are literals of this program.</summary>
    public static CliCommand Of(string fixedWords) => new(fixedWords);

    public CliCommand Literal(string fixedWords) => Append(fixedWords);

    public CliCommand Number(uint value) => Append(value.ToString(CultureInfo.InvariantCulture));

    public CliCommand Address(IPAddress address) => Append(address.ToString());

    public CliCommand Prefix(IpPrefix prefix) => Append(prefix.ToString());

    public CliCommand Ports(PortRange range) => Append(range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}"));

    /// <summary>A name, tag or key. VPP expands '$', joins on '{' and '\', ends a rule at ',', a line at a
    /// newline.</summary>
    public CliCommand Word(string word)
    {
        if (!IsWord(word))
            throw new VppException(VppFault.Unsafe, $"'{word}' cannot be said safely on VPP's CLI");
        return Append(word);
    }

    public static bool IsWord(string word) =>
        word.Length is > 0 and <= 64 && !word.AsSpan().ContainsAnyExcept(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/+=@-");

    /// <summary>The bytes of the line with its LF.</summary>
    public byte[] ToBytes()
    {
        string line = _text.ToString();

        // VPP waits for more after a line that fills its blocks exactly.
        if ((line.Length + 1) % Limits.CliBlockBytes == 0)
            line += ' ';
        if (line.Length + 1 > Limits.CliCommandBytesMax)
        {
            throw new VppException(
                VppFault.Unsafe,
                $"the command of {line.Length} bytes is too long for VPP's CLI; use the binary API "
                    + "(--vpp-transport=api)");
        }

        return Encoding.ASCII.GetBytes(line + "\n");
    }

    public override string ToString() => _text.ToString();

    private CliCommand Append(string text)
    {
        _text.Append(' ').Append(text);
        return this;
    }
}
