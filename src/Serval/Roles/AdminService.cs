using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>The admin API of a role.</summary>
internal sealed class AdminService(
    AdminOptions admin, AdminSources sources, ILoggerFactory loggers, ILogger log) : IHostedService
{
    private AdminServer? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _server = await AdminServer.StartAsync(admin, sources, loggers, cancellationToken);
        }
        catch (IOException reason)
        {
            throw new IOException(
                $"the admin API cannot listen on {admin.Endpoint}: {reason.Message}", reason);
        }
        Log.AdminListening(log, admin.Tls is null ? "http" : "https", _server.Endpoint.ToString());
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
