using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>
/// A service that answers with its name, on an address of this machine that is not loopback: an API server
/// takes no other in EndpointSlices.
/// </summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Upstream(string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(Address), 0));
        _application = builder.Build();
        _application.Run(http => http.Response.WriteAsync(name));
    }

    /// <summary>The first address of this machine that is not loopback; empty where there is none.</summary>
    public static string Address { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .Where(link => link.OperationalStatus == OperationalStatus.Up)
        .SelectMany(link => link.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork
            && !IPAddress.IsLoopback(address))?.ToString() ?? "";

    public int Port => new Uri(_application.Urls.Single()).Port;

    public static async Task<Upstream> StartAsync(string name)
    {
        Upstream upstream = new(name);
        await upstream._application.StartAsync(Deadline.Token());
        return upstream;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
