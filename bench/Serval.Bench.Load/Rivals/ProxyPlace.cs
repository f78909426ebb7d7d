using System.Net;
using System.Net.Sockets;

namespace Serval.Bench.Load.Rivals;

/// <summary>Where a proxy is started: a fresh directory, free ports, one core.</summary>
internal sealed record ProxyPlace(string Directory, int Port, int AdminPort, int OriginPort, int Cpu)
{
    public static ProxyPlace Create(int originPort, int cpu)
    {
        // Both are held at once: otherwise the kernel may give the same one twice.
        using Socket first = Bound();
        using Socket second = Bound();
        return new ProxyPlace(
            System.IO.Directory.CreateTempSubdirectory("serval-bench-").FullName, PortOf(first),
            PortOf(second), originPort, cpu);
    }

    /// <summary>
    /// Writes a configuration with the places in <c>@…@</c> filled in, <paramref name="parts"/> first;
    /// returns its path.
    /// </summary>
    public string Fill(string template, params (string Place, string Text)[] parts)
    {
        string path = Path.Combine(Directory, Path.GetFileName(template));
        File.WriteAllText(path, Filled(File.ReadAllText(template), parts));
        return path;
    }

    /// <summary>A text with its places filled in.</summary>
    public string Filled(string text, params (string Place, string Text)[] parts)
    {
        foreach ((string place, string part) in parts)
        {
            text = text.Replace(place, part, StringComparison.Ordinal);
        }

        return text.Replace("@DIRECTORY@", Directory, StringComparison.Ordinal)
            .Replace("@PORT@", $"{Port}", StringComparison.Ordinal)
            .Replace("@ORIGIN@", $"{OriginPort}", StringComparison.Ordinal);
    }

    private static Socket Bound()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
