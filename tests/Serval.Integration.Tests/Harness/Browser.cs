using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Integration.Tests.Harness;

/// <summary>One page in Debian's chromium, driven by the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Folder _folder;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _id;

    private Browser(Process process, Folder folder) => (_process, _folder) = (process, folder);

    /// <summary>What the page complained of: exceptions, refused resources, broken policies.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Browser> OpenAsync(Uri url)
    {
        Folder folder = new();
        // Its helpers outlive it for a moment: they must not hold a pipe of the tests open.
        ProcessStartInfo start = new(
            "bash",
            ["-c", "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
                + "--no-first-run --remote-debugging-port=0 --user-data-dir=\"$HOME/profile\" "
                + "about:blank >/dev/null 2>&1"]);
        start.Environment["HOME"] = folder.Root;
        Browser browser = new(Process.Start(start)!, folder);
        await browser._socket.ConnectAsync(
            new Uri(await FindAddressAsync(Path.Combine(folder.Root, "profile"))), Deadline.Token());
        JsonNode target = await browser.CallAsync(
            "Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        JsonNode attached = await browser.CallAsync("Target.attachToTarget", new JsonObject
        {
            ["targetId"] = target["targetId"]!.GetValue<string>(),
            ["flatten"] = true,
        });
        browser._session = attached["sessionId"]!.GetValue<string>();
        foreach (string domain in (string[])["Runtime", "Log", "Page"])
            await browser.CallAsync($"{domain}.enable");
        await browser.CallAsync("Page.navigate", new JsonObject { ["url"] = url.ToString() });
        while (await browser.EvaluateAsync(
            "String(location.href !== 'about:blank' && document.readyState === 'complete')") != "true")
            await Task.Delay(20, Deadline.Token());
        return browser;
    }

    /// <summary>The value of an expression; promises are awaited.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
        });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer.ToJsonString()}");
        return answer["result"]!["value"]?.ToString() ?? "";
    }

    /// <summary>Waits until an expression is true: looks with every frame that the page draws.</summary>
    public Task WaitForAsync(string expression) => EvaluateAsync($$"""
        new Promise((resolve, reject) => {
          const until = performance.now() + {{Deadline.Limit.TotalMilliseconds}};
          const look = () => {
            if ({{expression}}) resolve("");
            else if (performance.now() > until) reject(document.body.innerText);
            else setTimeout(look, 20);
          };
          look();
        })
        """);

    /// <summary>Writes into a field as a person would, and submits its form if it has one.</summary>
    public Task FillAsync(string id, string text, bool submits = false) => EvaluateAsync($$"""
        (() => {
          const field = document.getElementById("{{id}}");
          field.value = "{{text}}";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          if ({{(submits ? "true" : "false")}}) field.form.requestSubmit();
        })()
        """);

    /// <summary>The size of the window, and whether it is dark.</summary>
    public async Task LookAsAsync(int width, int height, bool isPhone, bool isDark)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = isPhone,
        });
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject
            {
                ["name"] = "prefers-color-scheme",
                ["value"] = isDark ? "dark" : "light",
            }),
        });
    }

    /// <summary>Keeps a picture where SERVAL_SCREENSHOTS says, for people to look at.</summary>
    public async Task PictureAsync(string name)
    {
        JsonNode picture = await CallAsync(
            "Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true });
        byte[] bytes = Convert.FromBase64String(picture["data"]!.GetValue<string>());
        Assert.True(bytes.Length > 1_000);
        if (Environment.GetEnvironmentVariable("SERVAL_SCREENSHOTS") is { } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), bytes, Deadline.Token());
    }

    /// <summary>Roles and names as a screen reader hears them.</summary>
    public async Task<IReadOnlyList<(string Role, string Name)>> ListenAsync()
    {
        JsonNode tree = await CallAsync("Accessibility.getFullAXTree");
        return
        [
            .. tree["nodes"]!.AsArray().Where(node => node!["ignored"]?.GetValue<bool>() != true)
                .Select(node => (node!["role"]?["value"]?.ToString() ?? "",
                    node["name"]?["value"]?.ToString() ?? "")),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _session = null;
            await CallAsync("Browser.close");
        }
        catch (Exception closed) when (closed is WebSocketException or OperationCanceledException)
        {
            // It ends before it answers.
        }
        _socket.Dispose();
        try
        {
            await _process.WaitForExitAsync(Deadline.Token());
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
        // Helpers may write a last file while the folder goes.
        for (int i = 0; i < 10 && Directory.Exists(_folder.Root); i++)
        {
            try
            {
                _folder.Dispose();
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_id;
        JsonObject call = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
            call["sessionId"] = _session;
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, true, Deadline.Token());
        while (true)
        {
            JsonNode message = await ReadAsync();
            if (message["id"]?.GetValue<int>() == id)
            {
                Assert.True(message["error"] is null, $"{method}: {message.ToJsonString()}");
                return message["result"]!;
            }
            if (message["method"]?.GetValue<string>() is "Runtime.exceptionThrown" or "Log.entryAdded")
                Complaints.Add(message["params"]!.ToJsonString());
        }
    }

    private async Task<JsonNode> ReadAsync()
    {
        using MemoryStream text = new();
        byte[] buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), Deadline.Token());
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }

    // Port and path, which the browser writes once it listens.
    private static async Task<string> FindAddressAsync(string profile)
    {
        string path = Path.Combine(profile, "DevToolsActivePort");
        CancellationToken deadline = Deadline.Token();
        while (true)
        {
            string[] lines = File.Exists(path) ? await File.ReadAllLinesAsync(path, deadline) : [];
            if (lines.Length >= 2)
                return $"ws://127.0.0.1:{lines[0]}{lines[1]}";
            await Task.Delay(20, deadline);
        }
    }
}
