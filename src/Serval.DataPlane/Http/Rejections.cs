using System.Text;

namespace Serval.DataPlane.Http;

/// <summary>What is known about each rejection.</summary>
internal static class Rejections
{
    /// <summary>How many rejections there are, <see cref="Rejection.None"/> included.</summary>
    public static readonly int Count = Enum.GetValues<Rejection>().Length;

    private static readonly string[] Texts = Array.ConvertAll(Enum.GetValues<Rejection>(), ToKebab);
    private static readonly byte[][] Utf8Texts = Array.ConvertAll(Texts, Encoding.ASCII.GetBytes);

    /// <summary>
    /// The status that answers a request refused for this reason. A response refused for any reason is a 502
    /// to the downstream.
    /// </summary>
    public static int HttpStatus(this Rejection rejection) => rejection switch
    {
        Rejection.ConnectMethod or Rejection.TraceMethod => 405,
        Rejection.TargetTooLong => 414,
        Rejection.ExpectationUnknown => 417,
        Rejection.TooManyHeaders or Rejection.HeadTooLarge => 431,
        Rejection.MethodTooLong or Rejection.TransferCodingUnknown => 501,
        Rejection.Http2Preface or Rejection.UnsupportedVersion => 505,
        _ => 400,
    };

    /// <summary>A stable label for logs and metrics.</summary>
    public static string Text(this Rejection rejection) => Texts[(int)rejection];

    /// <summary>The label as bytes, for a header.</summary>
    public static ReadOnlySpan<byte> Utf8Text(this Rejection rejection) => Utf8Texts[(int)rejection];

    private static string ToKebab(Rejection rejection)
    {
        StringBuilder text = new();
        foreach (char letter in rejection.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
