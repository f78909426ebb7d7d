using System.Globalization;

namespace Serval.Integration.Tests.Clients;

/// <summary>Libraries that keep connections: Python's requests, node's fetch, axios.</summary>
public sealed class LibraryClientTests
{
    [ClientFact("requests", "gunicorn")]
    public async Task Requests_and_gunicorn() => await RequestsAsync(await Servers.GunicornAsync());

    [ClientFact("requests", "node", IsLong = true)]
    public async Task Requests_and_node() => await RequestsAsync(await Servers.NodeAsync());

    [ClientFact("requests", "nginx", IsLong = true)]
    public async Task Requests_and_nginx() => await RequestsAsync(await Servers.NginxAsync());

    [ClientFact("requests", "apache2", IsLong = true)]
    public async Task Requests_and_Apache() => await RequestsAsync(await Servers.ApacheAsync());

    [ClientFact("requests")]
    public async Task Requests_and_Kestrel() => await RequestsAsync(await KestrelUpstream.StartAsync());

    [ClientFact("node")]
    public async Task Fetch_and_node() => await NodeAsync("fetch", await Servers.NodeAsync(), waits: true);

    [ClientFact("node", IsLong = true)]
    public async Task Fetch_and_Kestrel() =>
        await NodeAsync("fetch", await KestrelUpstream.StartAsync(), waits: true);

    [ClientFact("node", "nginx")]
    public async Task Fetch_and_nginx() => await NodeAsync("fetch", await Servers.NginxAsync());

    [ClientFact("node", "apache2", IsLong = true)]
    public async Task Fetch_and_Apache() => await NodeAsync("fetch", await Servers.ApacheAsync());

    [ClientFact("node", "gunicorn", IsLong = true)]
    public async Task Fetch_and_gunicorn() => await NodeAsync("fetch", await Servers.GunicornAsync());

    [ClientFact("node", "axios", IsLong = true)]
    public async Task Axios_and_node() => await NodeAsync("axios", await Servers.NodeAsync(), waits: true);

    [ClientFact("node", "axios")]
    public async Task Axios_and_Kestrel() =>
        await NodeAsync("axios", await KestrelUpstream.StartAsync(), waits: true);

    [ClientFact("node", "axios", "nginx", IsLong = true)]
    public async Task Axios_and_nginx() => await NodeAsync("axios", await Servers.NginxAsync());

    [ClientFact("node", "axios", "apache2")]
    public async Task Axios_and_Apache() => await NodeAsync("axios", await Servers.ApacheAsync());

    private static async Task RequestsAsync(IUpstream upstream)
    {
        await using (upstream)
        {
            await Comparison.CheckAsync(upstream, async url => (await ClientTools.RunAsync(
                "python3", ClientTools.Program("session.py"), url, Rounds)).Good());
        }
    }

    private static async Task NodeAsync(string client, IUpstream upstream, bool waits = false)
    {
        await using (upstream)
        {
            await Comparison.CheckAsync(upstream, async url => (await ClientTools.RunAsync(
                "node", ClientTools.Program("session.mjs"), client, url, Rounds, waits ? "waits" : "",
                ClientTools.NpmFolder)).Good());
        }
    }

    private static string Rounds => ClientTools.Rounds.ToString(CultureInfo.InvariantCulture);
}
