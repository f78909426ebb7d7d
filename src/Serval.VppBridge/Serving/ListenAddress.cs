using System.Net;
using Serval.Common;
using Serval.Common.Addressing;

namespace Serval.VppBridge.Serving;

/// <summary>Where to listen: an address and port, or a unix socket.</summary>
internal sealed record ListenAddress(IPEndPoint? EndPoint, string? UnixPath)
{
    /// <summary>Only processes of this host can reach it.</summary>
    public bool IsLocal => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address);

    /// <exception cref="OptionException">The text is neither.</exception>
    public static ListenAddress Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text["unix:".Length..];
            return path.StartsWith('/') ? new ListenAddress(null, path) : throw Bad(text);
        }

        return Endpoints.TryParse(text, out IPEndPoint? endPoint)
            ? new ListenAddress(endPoint, null)
            : throw Bad(text);
    }

    private static OptionException Bad(string text) =>
        new($"'{text}' is not ADDRESS:PORT, [V6ADDRESS]:PORT or unix:/PATH");
}
