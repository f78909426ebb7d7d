using System.Globalization;
using System.Text;

namespace Serval.Simulation.Tests.Http;

/// <summary>
/// Reads one message at a time, strictly, byte by byte: what Serval writes has one form only. Shares no code
/// with the parsers that it judges.
/// </summary>
internal sealed class MessageReader(bool isResponse)
{
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _line = new();
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private State _state = State.Head;
    private long _remaining;

    private enum State
    {
        Head,
        Length,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        UntilClose,
        Done,
    }

    /// <summary>What is wrong with the message; null when nothing is.</summary>
    public string? Error { get; private set; }

    public string StartLine { get; private set; } = "";

    public bool IsHeadRead { get; private set; }

    public bool IsDone => _state == State.Done;

    /// <summary>True once any byte of the message was seen.</summary>
    public bool IsBegun => _head.Length > 0 || IsHeadRead;

    public long BodyLength { get; private set; }

    public BodyShape Shape { get; private set; }

    /// <summary>Index of the first byte of the body that is not the expected one; -1 for none.</summary>
    public long Mismatch { get; private set; } = -1;

    public string Trailers { get; private set; } = "";

    public int Status => isResponse && StartLine.Length >= 12
        ? int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Set once the head is read.</summary>
    public Func<long, byte>? Expected { get; set; }

    /// <summary>Whether a response has no body because of its request (HEAD).</summary>
    public bool IsBodiless { get; set; }

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>Reads up to the end of the head, or of the message; returns the bytes used.</summary>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        bool hadHead = IsHeadRead;
        while (at < bytes.Length && !IsDone && Error is null)
        {
            Step(bytes[at++]);
            if (!hadHead && IsHeadRead) break;
        }

        return at;
    }

    /// <summary>The stream has ended; true when the message is whole by it.</summary>
    public bool End()
    {
        if (_state == State.UntilClose) _state = State.Done;
        return IsDone;
    }

    private void Step(byte octet)
    {
        switch (_state)
        {
            case State.Head:
                _head.Append((char)octet);
                if (octet == '\n' && EndsWith(_head, "\r\n\r\n")) ReadHead();
                break;
            case State.Length:
                Take(octet);
                if (--_remaining == 0) _state = State.Done;
                break;
            case State.UntilClose:
                Take(octet);
                break;
            case State.ChunkData:
                Take(octet);
                if (--_remaining == 0) _state = State.ChunkEnd;
                break;
            default:
                _line.Append((char)octet);
                if (octet == '\n') ReadLine();
                break;
        }
    }

    private void Take(byte octet)
    {
        if (Mismatch < 0 && Expected is not null && Expected(BodyLength) != octet) Mismatch = BodyLength;
        BodyLength++;
    }

    private void ReadLine()
    {
        string line = _line.ToString();
        _line.Clear();
        if (!line.EndsWith("\r\n", StringComparison.Ordinal)) Error = "a line does not end with CRLF";
        line = line.TrimEnd('\r', '\n');
        if (_state == State.ChunkEnd)
        {
            if (line.Length > 0) Error = "a chunk is followed by something else than CRLF: " + line;
            _state = State.ChunkSize;
        }
        else if (_state == State.ChunkSize)
        {
            // Serval writes sizes without zeros before them and without extensions.
            bool isSize = long.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out _remaining);
            if (!isSize || (line.Length > 1 && line[0] == '0')) Error = "not a chunk size: " + line;
            _state = _remaining == 0 ? State.Trailers : State.ChunkData;
        }
        else if (line.Length == 0)
        {
            _state = State.Done;
        }
        else
        {
            Trailers += line + "\n";
        }
    }

    private void ReadHead()
    {
        string[] lines = _head.ToString().Split("\r\n");
        StartLine = lines[0];
        for (int i = 1; i < lines.Length - 2; i++)
        {
            int colon = lines[i].IndexOf(": ", StringComparison.Ordinal);
            if (colon <= 0)
            {
                Error = "not a header line: " + lines[i];
                return;
            }

            string name = lines[i][..colon];
            bool isFraming = name is "Content-Length" or "Transfer-Encoding" or "Host";
            if (!_headers.TryAdd(name, lines[i][(colon + 2)..]) && isFraming) Error = "twice: " + name;
        }

        IsHeadRead = true;
        Frame();
    }

    private void Frame()
    {
        string? length = Header("Content-Length");
        bool isChunked = Header("Transfer-Encoding") == "chunked";
        if (isChunked && length is not null) Error = "two framings";
        bool isBodiless = isResponse
            ? IsBodiless || Status < 200 || Status is 204 or 304
            : !isChunked && length is null;
        Shape = isBodiless ? BodyShape.None
            : isChunked ? BodyShape.Chunked
            : length is not null ? BodyShape.Length : BodyShape.UntilClose;
        if (Shape == BodyShape.Length) _remaining = long.Parse(length!, CultureInfo.InvariantCulture);
        _state = Shape switch
        {
            BodyShape.None => State.Done,
            BodyShape.Length => _remaining == 0 ? State.Done : State.Length,
            BodyShape.Chunked => State.ChunkSize,
            _ => State.UntilClose,
        };
    }

    private static bool EndsWith(StringBuilder text, string end)
    {
        if (text.Length < end.Length) return false;
        for (int i = 0; i < end.Length; i++)
        {
            if (text[text.Length - end.Length + i] != end[i]) return false;
        }

        return true;
    }
}
