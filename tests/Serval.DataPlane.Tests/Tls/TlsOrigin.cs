using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>An origin that speaks TLS and answers every request; it says what it has seen.</summary>
internal sealed class TlsOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly X509Certificate2 _certificate;
    private readonly string _response;
    private readonly bool _asksClients;
    private readonly bool _cuts;
    private readonly bool _ends;
    private int _handshakes;
    private int _requests;

    /// <param name="pair">What it shows.</param>
    /// <param name="response">What every request is answered with; null for a short one.</param>
    /// <param name="asksClients">Whether clients have to show a certificate.</param>
    /// <param name="ends">Whether it closes behind a response as TLS wants it.</param>
    /// <param name="cuts">Whether it closes behind a response without a word of TLS.</param>
    public TlsOrigin(IssuedPair pair, string? response = null, bool asksClients = false, bool cuts = false,
        bool ends = false)
    {
        _certificate = pair.ForSslStream();
        (_asksClients, _cuts, _ends) = (asksClients, cuts, ends);
        _response = response ?? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Handshakes => Volatile.Read(ref _handshakes);

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The server name and the certificate's subject of the last client.</summary>
    public (string? Name, string? Subject) LastClient { get; private set; }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = _asksClients,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            Interlocked.Increment(ref _handshakes);
            LastClient = (stream.TargetHostName, stream.RemoteCertificate?.Subject);
            byte[] bytes = new byte[65_536];
            StringBuilder text = new();
            while (await stream.ReadAsync(bytes) is var read and > 0)
            {
                text.Append(Encoding.Latin1.GetString(bytes, 0, read));
                if (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) continue;
                text.Clear();
                Interlocked.Increment(ref _requests);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(_response));
                if (_ends)
                {
                    await stream.ShutdownAsync();
                    return;
                }

                if (!_cuts) continue;
                socket.Shutdown(SocketShutdown.Both);
                return;
            }
        }
        catch (Exception end) when (end is IOException or AuthenticationException or SocketException
            or ObjectDisposedException)
        {
            // The other side has gone, or refuses us.
        }
    }
}
