using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>Chromium with a page that uses EventSource, WebSocket, fetch and aborts.</summary>
public sealed class BrowserTests
{
    [ClientFact("chromium")]
    public async Task Chromium_and_Kestrel()
    {
        await using KestrelUpstream upstream = await KestrelUpstream.StartAsync();
        await Comparison.CheckAsync(upstream, async url =>
        {
            using Folder folder = new();
            upstream.Expect();
            ClientRun run = await ClientTools.RunInAsync(
                folder.Root, new() { ["HOME"] = folder.Root }, "chromium", "--headless", "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={folder.Root}/profile",
                "--dump-dom", $"{url}/page");
            string page = run.Good();
            Assert.Contains("noticed", page, StringComparison.Ordinal);
            return page[page.IndexOf("<pre", StringComparison.Ordinal)..page.IndexOf(
                "</pre>", StringComparison.Ordinal)];
        });
    }
}
