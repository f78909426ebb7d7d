using System.Globalization;
using System.Net;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class RouterRoleTests
{
    [Fact]
    public async Task A_pushed_configuration_is_live_when_it_is_acknowledged_and_survives_a_restart()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using (ServalProcess first = Start(state))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            Assert.Equal((200, "v1"), await PushAsync(admin, Snapshot("v1", port)));
            Assert.Equal(302, (await RawClient.GetAsync(port, "/")).Status);
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        await using ServalProcess second = Start(state);
        await second.WaitForLineAsync("Snapshot v1 is live");
        Assert.Equal(302, (await RawClient.GetAsync(port, "/")).Status);
    }

    [Fact]
    public async Task A_delta_changes_what_it_names_and_survives_a_restart()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using (ServalProcess first = Start(state))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            await PushAsync(admin, Snapshot("v1", port));
            Assert.Equal(302, (await RawClient.GetAsync(port, "/")).Status);
            string removal = """{"baseVersion":"v1","version":"v2","removed":{"routes":["t/r"]}}""";
            Assert.Equal((200, "v2"), await PushAsync(admin, removal));
            Assert.Equal(404, (await RawClient.GetAsync(port, "/")).Status);
            (int status, string text) = await PushAsync(admin, removal);
            Assert.Equal(409, status);
            Assert.Contains("v1", text, StringComparison.Ordinal);
            string nameless = """{"baseVersion":"v2","version":"v3","changed":{"clusters":[{"name":""}]}}""";
            Assert.Equal(422, (await PushAsync(admin, nameless)).Status);
            Assert.Equal(400, (await PushAsync(admin, """{"baseVersion":"v2"}""")).Status);
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        await using ServalProcess second = Start(state);
        await second.WaitForLineAsync("Snapshot v2 is live");
        Assert.Equal(404, (await RawClient.GetAsync(port, "/")).Status);
    }

    [Fact]
    public async Task Deltas_are_acknowledged_while_the_disk_takes_nothing_and_the_newest_is_kept()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using (ServalProcess first = Start(state))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            await PushAsync(admin, Snapshot("v1", port));
            await using StuckFile stuck = await StuckFile.CreateAsync(
                Path.Combine(state.Root, "last-good.json.new"));
            string name = new('c', 500);
            string clusters = string.Join(",", Enumerable.Range(0, 2000).Select(
                i => string.Create(CultureInfo.InvariantCulture, $$"""{"name":"{{name}}{{i}}"}""")));
            string large = $$"""
                {"baseVersion":"v1","version":"v2","changed":{"clusters":[{{clusters}}] } }
                """;
            Assert.Equal((200, "v2"), await PushAsync(admin, large));
            await stuck.WaitForWriterAsync();
            for (int version = 3; version < 10; version++)
            {
                string delta = string.Create(CultureInfo.InvariantCulture,
                    $$"""{"baseVersion":"v{{version - 1}}","version":"v{{version}}"}""");
                Assert.Equal((200, $"v{version}"), await PushAsync(admin, delta));
            }
            await stuck.ReleaseAsync();
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        await using ServalProcess second = Start(state);
        await second.WaitForLineAsync("Snapshot v9 is live");
    }

    [Fact]
    public async Task A_delta_of_endpoints_moves_the_traffic_and_keeps_the_connection()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using ScriptedUpstream one = ScriptedUpstream.Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
        await using ScriptedUpstream other = ScriptedUpstream.Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
        await using ServalProcess process = Start(state);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        Assert.Equal(200, (await PushAsync(admin, Forwarding(port, one.Port))).Status);
        await using RawClient client = await RawClient.ConnectAsync(port);
        Assert.Equal("one", await AskAsync(client));
        for (int version = 2; version < 12; version++)
        {
            int next = version % 2 == 0 ? other.Port : one.Port;
            string delta = string.Create(CultureInfo.InvariantCulture, $$"""
                {"baseVersion":"v{{version - 1}}","version":"v{{version}}","changed":{"endpointSets":[
                {"cluster":"c","endpoints":[{"address":"127.0.0.1","port":{{next}} }]}] } }
                """);
            Assert.Equal((200, $"v{version}"), await PushAsync(admin, delta));
            Assert.Equal(version % 2 == 0 ? "other" : "one", await AskAsync(client));
        }
    }

    [Fact]
    public async Task A_refused_configuration_leaves_the_last_good_one_live()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using ServalProcess process = Start(state);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        Assert.Equal(200, (await PushAsync(admin, Snapshot("v1", port))).Status);
        (int status, string text) = await PushAsync(admin, Snapshot("v2", port: 70_000));
        Assert.Equal(422, status);
        Assert.Contains("port", text, StringComparison.Ordinal);
        Assert.Equal(400, (await PushAsync(admin, "{")).Status);
        Assert.Equal(302, (await RawClient.GetAsync(port, "/")).Status);
        Assert.Contains("\"v1\"", await admin.GetStringAsync(new Uri("/config", UriKind.Relative),
            Deadline.Token()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replaced_leader_cannot_overwrite_what_its_successor_pushed_not_even_after_a_restart()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using (ServalProcess first = Start(state))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            Assert.Equal(200, (await PushAsync(admin, Snapshot("v0", port))).Status);
            Assert.Equal(200, (await PushAsync(admin, Snapshot("v1", port), "7", "1")).Status);
            Assert.Equal(200, (await PushAsync(admin, Snapshot("v2", port), "8", "0")).Status);
            Assert.Equal(200, (await PushAsync(admin, Snapshot("v2", port), "8", "0")).Status);
            (int status, string text) = await PushAsync(
                admin, Snapshot("v3", port), "7", "99");
            Assert.Equal(409, status);
            Assert.Contains("\"code\": \"stale-term\"", text, StringComparison.Ordinal);
            Assert.Contains("\"term\": \"8.0\"", text, StringComparison.Ordinal);
            Assert.Equal(409, (await PushAsync(admin, Snapshot("v3", port))).Status);
            string delta = """{"baseVersion":"v2","version":"v3","removed":{"routes":["t/r"]}}""";
            Assert.Equal(409, (await PushAsync(admin, delta, "7", "99")).Status);
            Assert.Equal(400, (await PushAsync(admin, delta, "9")).Status);
            Assert.Equal(400, (await PushAsync(admin, delta, "-9", "0")).Status);
            first.Terminate();
            Assert.Equal(0, await first.WaitForExitAsync());
        }
        await using ServalProcess second = Start(state);
        await second.WaitForLineAsync("Snapshot v2 is live");
        using HttpClient again = await RunningRouter.AdminOfAsync(second);
        Assert.Equal(409, (await PushAsync(again, Snapshot("v3", port), "7", "99")).Status);
        Assert.Equal(200, (await PushAsync(again, Snapshot("v3", port), "8", "1")).Status);
    }

    [Fact]
    public async Task A_delta_that_does_not_change_the_version_is_refused()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using ServalProcess process = Start(state);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        await PushAsync(admin, Snapshot("v1", port));
        (int status, string text) = await PushAsync(
            admin, """{"baseVersion":"v1","version":"v1","removed":{"routes":["t/r"]}}""");
        Assert.Equal(400, status);
        Assert.Contains("baseVersion", text, StringComparison.Ordinal);
        Assert.Equal(302, (await RawClient.GetAsync(port, "/")).Status);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_the_router_waits_for_a_push()
    {
        using Folder state = new();
        int port = Ports.Free();
        await using (ServalProcess first = Start(state))
        {
            using HttpClient admin = await RunningRouter.AdminOfAsync(first);
            await PushAsync(admin, Snapshot("v1", port));
        }
        string file = Path.Combine(state.Root, "last-good.json");
        byte[] bytes = await File.ReadAllBytesAsync(file, Deadline.Token());
        bytes[^5] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Deadline.Token());

        await using ServalProcess second = Start(state);
        await second.WaitForLineAsync("error E[0-9]+ serval.*last-good.json.*checksum");
        using HttpClient again = await RunningRouter.AdminOfAsync(second);
        using HttpResponseMessage ready = await again.GetAsync(
            new Uri("/readyz", UriKind.Relative), Deadline.Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(200, (await PushAsync(again, Snapshot("v2", port))).Status);
    }

    [Fact]
    public async Task A_body_over_the_bound_is_answered_413()
    {
        using Folder state = new();
        await using ServalProcess process = Start(state);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        await using RawClient client = await RawClient.ConnectAsync(admin.BaseAddress!.Port);
        await client.SendAsync("PUT /config HTTP/1.1\r\nHost: localhost\r\nContent-Length: 67108865\r\n\r\n");
        Assert.Equal(413, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Beyond_loopback_a_token_is_needed_at_start_and_on_every_request_but_probes()
    {
        using Folder state = new();
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "router", "--admin", "0.0.0.0:0", "--state-dir", state.Root);
        Assert.Equal(1, exitCode);
        Assert.Contains("--admin-token-file", errors, StringComparison.Ordinal);

        state.Write("token", "0123456789abcdef\n");
        await using ServalProcess process = ServalProcess.Start(
            "router", "--admin", "0.0.0.0:0", "--workers", "1", "--state-dir", state.Root,
            "--admin-token-file", Path.Combine(state.Root, "token"));
        using HttpClient bound = await RunningRouter.AdminOfAsync(process);
        int port = bound.BaseAddress!.Port;
        Assert.Equal(200, (await RawClient.GetAsync(port, "/healthz")).Status);
        Assert.Equal(503, (await RawClient.GetAsync(port, "/readyz")).Status);
        Assert.Equal(401, (await RawClient.GetAsync(port, "/metrics")).Status);
        Assert.Equal(401, (await RawClient.GetAsync(port, "/metrics",
            "Host: a\r\nAuthorization: Bearer 0123456789abcdeF\r\n")).Status);
        Assert.Equal(200, (await RawClient.GetAsync(port, "/metrics",
            "Host: a\r\nAuthorization: Bearer 0123456789abcdef\r\n")).Status);
    }

    [Fact]
    public async Task An_admin_port_that_is_taken_is_named()
    {
        using Folder state = new();
        await using ServalProcess first = Start(state);
        using HttpClient admin = await RunningRouter.AdminOfAsync(first);
        string address = admin.BaseAddress!.Authority;
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            "router", "--admin", address, "--workers", "1", "--state-dir", state.Root);
        Assert.Equal(1, exitCode);
        Assert.Contains(address, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_runs_on_the_processor_that_it_is_given_alone()
    {
        const string Allowed = "Cpus_allowed_list:\t";
        string usable = ListOf("/proc/self/status").Split('-', ',')[^1];
        using Folder state = new();
        await using ServalProcess process = ServalProcess.Start(
            "router", "--admin", "127.0.0.1:0", "--workers", "1", "--cpus", usable,
            "--state-dir", state.Root);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        Assert.Contains(
            Directory.GetDirectories($"/proc/{process.Id}/task"),
            task => ListOf(Path.Combine(task, "status")) == usable);

        static string ListOf(string path) => File.ReadLines(path).Single(
            line => line.StartsWith(Allowed, StringComparison.Ordinal))[Allowed.Length..];
    }

    private static ServalProcess Start(Folder state) => ServalProcess.Start(
        "router", "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root);

    /// <summary>Status, and the version of an ack or the whole text of a nack.</summary>
    private static async Task<(int Status, string Text)> PushAsync(
        HttpClient admin, string snapshot, string? epoch = null, string? generation = null)
    {
        using StringContent content = new(snapshot, Encoding.UTF8, "application/json");
        if (epoch is not null)
            content.Headers.Add("Serval-Term-Epoch", epoch);
        if (generation is not null)
            content.Headers.Add("Serval-Term-Generation", generation);
        using HttpResponseMessage response = await admin.PutAsync(
            new Uri("/config", UriKind.Relative), content, Deadline.Token());
        string text = await response.Content.ReadAsStringAsync(Deadline.Token());
        if (response.IsSuccessStatusCode)
            text = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("version").GetString()!;
        return ((int)response.StatusCode, text);
    }

    private static async Task<string> AskAsync(RawClient client)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        return Encoding.ASCII.GetString((await client.ReadAsync()).Body);
    }

    private static string Forwarding(int port, int upstream) => string.Create(
        CultureInfo.InvariantCulture, $$"""
        {
          "version": "v1",
          "listeners": [{ "name": "l", "port": {{port}}, "protocol": "http" }],
          "routes": [{
            "name": "t/r",
            "attachments": [{ "listener": "l" }],
            "rules": [{ "backends": [{ "cluster": "c" }] }]
          }],
          "clusters": [{ "name": "c" }],
          "endpointSets": [{
            "cluster": "c", "endpoints": [{ "address": "127.0.0.1", "port": {{upstream}} }]
          }]
        }
        """);

    private static string Snapshot(string version, int port) => string.Create(
        CultureInfo.InvariantCulture, $$"""
        {
          "version": "{{version}}",
          "listeners": [{ "name": "l", "port": {{port}}, "protocol": "http" }],
          "routes": [{
            "name": "t/r",
            "attachments": [{ "listener": "l" }],
            "rules": [{ "filters": [{ "type": "redirect", "hostname": "elsewhere.example" }] }]
          }]
        }
        """);
}
