using Serval.VppBridge.Api;
using Serval.VppBridge.Cli;

namespace Serval.VppBridge.Transports;

/// <summary>Connects to VPP the way that was chosen.</summary>
internal sealed class TransportConnector(
    string folder, VppTransportKind kind, bool allowKeysOverCli, TimeProvider clock)
{
    public async Task<IVppTransport> ConnectAsync(CancellationToken cancel)
    {
        if (kind == VppTransportKind.Cli)
            return await ConnectCliAsync(cancel).ConfigureAwait(false);
        try
        {
            return await ApiTransport.ConnectAsync(
                Path.Combine(folder, "api.sock"), new CallTimer(Limits.CallTimeout, clock), cancel)
                .ConfigureAwait(false);
        }
        catch (VppException) when (kind == VppTransportKind.Auto)
        {
            return await ConnectCliAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task<IVppTransport> ConnectCliAsync(CancellationToken cancel) =>
        await CliTransport.ConnectAsync(
            Path.Combine(folder, "cli.sock"), allowKeysOverCli,
            new CallTimer(Limits.CallTimeout, clock), cancel)
                .ConfigureAwait(false);
}
