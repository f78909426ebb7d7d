using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Tests;

/// <summary>A server in the place of a proxy that ends TLS: it answers every request itself.</summary>
internal sealed class TlsOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly bool _resumes;
    private readonly bool _closes;
    private readonly byte[] _body;

    public TlsOrigin(int bodyBytes, bool resumes = true, bool closes = false, bool isDamaged = false)
    {
        (_resumes, _closes) = (resumes, closes);
        _body = new byte[bodyBytes];
        Pattern.Fill(_body, 0);
        if (isDamaged)
        {
            _body[bodyBytes / 2] ^= 1;
        }

        using X509Certificate2 made = X509Certificate2.CreateFromPem(
            BenchCertificate.CertificatePem, BenchCertificate.KeyPem);
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e)
            when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            client.NoDelay = true;
            using SslStream stream = new(client.GetStream());
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                AllowTlsResume = _resumes,
            });
            byte[] bytes = new byte[4096];
            do
            {
                int count = await stream.ReadAsync(bytes);
                if (count == 0) return;
                string request = Encoding.ASCII.GetString(bytes, 0, count);
                int id = request.IndexOf("X-Bench-Id: ", StringComparison.Ordinal);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {_body.Length}\r\n{request[id..]}"));
                await stream.WriteAsync(_body);
            }
            while (!_closes);
            await stream.ShutdownAsync();
            client.Client.Shutdown(SocketShutdown.Send);
            _ = await client.Client.ReceiveAsync(bytes);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The generator is done.
        }
        finally
        {
            client.Dispose();
        }
    }
}
