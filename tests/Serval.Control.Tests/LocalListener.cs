using System.Net;

namespace Serval.Control.Tests;

/// <summary>An HTTP server of a test on a free port of this machine.</summary>
internal static class LocalListener
{
    private const int TriesMax = 100;

    /// <summary>Starts one; HttpListener cannot ask the system for a free port, so ports are tried.</summary>
    /// <param name="root">Where it answers.</param>
    public static HttpListener Start(out Uri root)
    {
        for (int tries = 1; ; tries++)
        {
            root = new Uri($"http://127.0.0.1:{Random.Shared.Next(20_000, 30_000)}/");
            HttpListener listener = new();
            listener.Prefixes.Add(root.ToString());
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (tries < TriesMax)
            {
                listener.Close();
            }
        }
    }
}
