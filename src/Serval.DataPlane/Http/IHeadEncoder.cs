namespace Serval.DataPlane.Http;

/// <summary>
/// How a version of HTTP writes what a head says. The stages that decide what it says are generic over this,
/// so that no call is indirect. The implementations are HTTP/1's and, in the tests, one that lists what it is
/// told. What does not fit the output is left out, and the encoder's result says so.
/// </summary>
internal interface IHeadEncoder
{
    /// <summary>Whether <see cref="Run"/> can be called for lines that are copied as they came.</summary>
    static abstract bool CopiesRuns { get; }

    /// <summary>Begins a request; its path and query are added next, part by part.</summary>
    void BeginTarget(ReadOnlySpan<byte> method);

    /// <summary>
    /// Begins a request whose target goes on as it came, if the text allows that to be done in one piece;
    /// otherwise false, and nothing is written.
    /// </summary>
    bool TryCopyTarget(ReadOnlySpan<byte> text, RequestFields request);

    /// <summary>Ends the target, and says whom the request is for.</summary>
    void EndTarget(ReadOnlySpan<byte> authority);

    /// <summary>Begins a response.</summary>
    /// <param name="digits">The status, three digits.</param>
    /// <param name="reason">The reason phrase; a version without one leaves it out.</param>
    void Status(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> reason);

    /// <summary>Writes whole lines as they came.</summary>
    void Run(ReadOnlySpan<byte> lines);

    /// <summary>Writes a line.</summary>
    void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>Writes a line; <paramref name="start"/> is its name with colon and space.</summary>
    void Line(ReadOnlySpan<byte> start, ReadOnlySpan<byte> value);

    /// <summary>Writes a line with a decimal number for its value.</summary>
    void Line(ReadOnlySpan<byte> start, long value);

    /// <summary>Begins a line whose value is added part by part.</summary>
    void BeginLine(ReadOnlySpan<byte> start);

    /// <summary>Adds to the target or to the line that was begun.</summary>
    void Add(ReadOnlySpan<byte> bytes);

    /// <summary>Adds a decimal number.</summary>
    void AddNumber(long value);

    /// <summary>Adds 16 lower-case hex digits.</summary>
    void AddHex(ulong value);

    /// <summary>Ends the line that was begun.</summary>
    void EndLine();

    /// <summary>Says how the body of a request is framed.</summary>
    void FrameRequest(RequestFields request);

    /// <summary>Says what of a request concerns its connection only.</summary>
    void HopRequest(ReadOnlySpan<byte> text, RequestFields request);

    /// <summary>Says how the body of a final response is framed, and what concerns its connection.</summary>
    void FrameResponse(ReadOnlySpan<byte> text, ResponseFields response);

    /// <summary>Says what concerns the connection, of a response of our own.</summary>
    void HopAnswer();

    /// <summary>Ends the head.</summary>
    void End();

    /// <summary>Adds all the content of a message whose head has ended.</summary>
    void Content(ReadOnlySpan<byte> bytes);
}
