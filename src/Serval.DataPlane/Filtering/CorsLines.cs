using Serval.Config.Compiling;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// The CORS headers of one response, by the policy of its rule (Gateway API HTTPCORSFilter, Fetch §3.2.3).
/// <c>default</c> writes none.
/// </summary>
internal readonly ref struct CorsLines
{
    private readonly CompiledSnapshot? _snapshot;
    private readonly CompiledCors _cors;
    private readonly ReadOnlySpan<byte> _origin;

    /// <param name="snapshot">Of the policy.</param>
    /// <param name="index">Of the policy; -1 for none.</param>
    /// <param name="origin">The request's origin if the policy allows it; empty if not.</param>
    public CorsLines(CompiledSnapshot snapshot, int index, ReadOnlySpan<byte> origin)
    {
        if (index < 0) return;
        _snapshot = snapshot;
        _cors = snapshot.Cors(index);
        _origin = origin;
    }

    /// <summary>Whether there is a policy: the backend's own headers are then dropped.</summary>
    public bool IsPresent => _snapshot is not null;

    /// <summary>Whether the policy allows an origin.</summary>
    public static bool Allows(CompiledSnapshot snapshot, in CompiledCors cors, ReadOnlySpan<byte> origin) =>
        !origin.IsEmpty && (cors.AllowsAnyOrigin || OriginMatch.IsAny(snapshot, cors.Origins, origin));

    /// <summary>Writes the headers of a response that is not one to a preflight.</summary>
    public void Write<TEncoder>(ref TEncoder encoder)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (!IsPresent) return;
        WriteOrigin(ref encoder);
        bool isAllowed = _cors.IsSameForAll || !_origin.IsEmpty;
        if (isAllowed && _cors.ExposedHeaders.Count > 0)
            encoder.Line("Access-Control-Expose-Headers: "u8, _snapshot!.Bytes(_cors.ExposedHeaders));
    }

    /// <summary>Writes the headers of the answer to a preflight whose origin is allowed.</summary>
    public void WritePreflight<TEncoder>(ref TEncoder encoder, in CorsRequest request)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        WriteOrigin(ref encoder);
        // Where any is allowed, what was asked for is named: * would leave out Authorization, and means
        // nothing together with credentials.
        ReadOnlySpan<byte> methods = _cors.AllowsAnyMethod ? request.Method : _snapshot!.Bytes(_cors.Methods);
        if (!methods.IsEmpty)
            encoder.Line("Access-Control-Allow-Methods: "u8, methods);
        ReadOnlySpan<byte> headers =
            _cors.AllowsAnyHeader ? request.Headers : _snapshot!.Bytes(_cors.Headers);
        if (!headers.IsEmpty)
            encoder.Line("Access-Control-Allow-Headers: "u8, headers);
        encoder.Line("Access-Control-Max-Age: "u8, _cors.MaxAgeSeconds);
    }

    private void WriteOrigin<TEncoder>(ref TEncoder encoder)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (_cors.IsSameForAll)
        {
            encoder.Line("Access-Control-Allow-Origin: "u8, "*"u8);
            return;
        }

        // Also where no origin is allowed: a cache must not give this response to one that is.
        encoder.Line("Vary: "u8, "Origin"u8);
        if (_origin.IsEmpty) return;
        encoder.Line("Access-Control-Allow-Origin: "u8, _origin);
        if (_cors.AllowsCredentials)
            encoder.Line("Access-Control-Allow-Credentials: "u8, "true"u8);
    }
}
