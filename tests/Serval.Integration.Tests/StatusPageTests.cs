using System.Net;
using System.Net.Http.Headers;
using Serval.Integration.Tests.Clients;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>The status page, in a real browser.</summary>
public sealed class StatusPageTests
{
    private const string Token = "a-token-that-is-long-enough";

    [ClientFact("chromium")]
    public async Task The_page_shows_what_is_served_and_answers_questions()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("shop", Objects.Rule("/", "cart"), "shop.example")
            + Objects.Route("blog", Objects.Rule("/", "posts") + Objects.Rule("/old", "gone"), "blog.example")
            + Objects.Service("cart", ("127.0.0.1", upstream.Port))
            + Objects.Service("posts", ("127.0.0.1", upstream.Port), ("127.0.0.2", upstream.Port)));
        await using Browser page = await Browser.OpenAsync(router.Admin.BaseAddress!);
        await page.WaitForAsync("document.querySelectorAll('#routes tr').length === 2");
        Assert.Equal("Ready", await page.EvaluateAsync("document.getElementById('state').textContent"));
        Assert.Contains("HTTPRoute test/blog", await page.EvaluateAsync(
            "document.getElementById('findings').innerText"), StringComparison.Ordinal);
        Assert.Contains($"127.0.0.2:{upstream.Port}", await page.EvaluateAsync(
            "document.getElementById('clusters').innerText"), StringComparison.Ordinal);

        // A request between two looks is a rate.
        await router.GetAsync("/", "Host: shop.example\r\n");
        await page.WaitForAsync(
            "[...document.querySelectorAll('#routes td[data-label=\"Requests/s\"]')]"
            + ".some(cell => Number(cell.textContent) > 0)");
        // So it is for its cluster, whose latency is a bound.
        await router.GetAsync("/", "Host: shop.example\r\n");
        await page.WaitForAsync(
            "[...document.querySelectorAll('#clusters tr')].some(row =>"
            + " row.innerText.includes('test/cart:80')"
            + " && Number(row.querySelector('[data-label=\"Requests/s\"]').textContent) > 0"
            + " && row.querySelector('[data-label=\"p99\"]').textContent.startsWith('<'))");

        await page.FillAsync("search", "BLOG");
        Assert.Equal("1", await page.EvaluateAsync("document.querySelectorAll('#routes tr').length"));
        await page.FillAsync("search", "");
        await page.FillAsync("url", $"http://shop.example:{router.Port}/x", submits: true);
        await page.WaitForAsync(
            "document.getElementById('explanation').innerText.includes('HTTPRoute test/shop rule 0')");
        await page.FillAsync("url", $"http://none.example:{router.Port}/", submits: true);
        await page.WaitForAsync(
            "document.getElementById('explain-verdict').textContent.startsWith('Nothing answers')");
        Assert.Empty(page.Complaints);
    }

    [ClientFact("chromium")]
    public async Task The_page_fits_phones_and_desks_and_says_its_fields_aloud()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("a-route-with-a-rather-long-name-that-must-be-broken-on-a-phone",
                Objects.Rule("/", "cart"), "shop.example")
            + Objects.Service("cart", ("127.0.0.1", 1)));
        await using Browser page = await Browser.OpenAsync(router.Admin.BaseAddress!);
        await page.WaitForAsync("document.querySelectorAll('#routes tr').length === 1");
        foreach ((string name, int width, int height, bool isPhone, bool isDark) in
            ((string, int, int, bool, bool)[])
            [("desk-light", 1280, 900, false, false), ("desk-dark", 1280, 900, false, true),
                ("phone-light", 360, 740, true, false), ("phone-dark", 360, 740, true, true)])
        {
            await page.LookAsAsync(width, height, isPhone, isDark);
            Assert.Equal("true", await page.EvaluateAsync(
                "String(document.documentElement.scrollWidth <= innerWidth)"));
            Assert.Equal(isDark ? "rgb(22, 24, 26)" : "rgb(251, 250, 247)", await page.EvaluateAsync(
                "getComputedStyle(document.body).backgroundColor"));
            await page.PictureAsync(name);
        }

        IReadOnlyList<(string Role, string Name)> heard = await page.ListenAsync();
        foreach (string role in (string[])["textbox", "searchbox", "button", "table", "link"])
        {
            (string Role, string Name)[] parts = [.. heard.Where(part => part.Role == role)];
            Assert.NotEmpty(parts);
            Assert.All(parts, part => Assert.NotEmpty(part.Name));
        }
        Assert.Contains(heard, part => part.Role == "main");
        Assert.Empty(page.Complaints);
    }

    [ClientFact("chromium")]
    public async Task Behind_a_token_the_page_asks_for_it_and_keeps_it_for_the_tab()
    {
        using Folder state = new();
        state.Write("token", Token);
        await using ServalProcess process = ServalProcess.Start(
            "router", "--state-dir", state.Root, "--admin", "127.0.0.1:0", "--workers", "1",
            "--admin-token-file", Path.Combine(state.Root, "token"));
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        await using Browser page = await Browser.OpenAsync(admin.BaseAddress!);
        await page.WaitForAsync("!document.getElementById('token-form').hidden");
        Assert.Equal("true", await page.EvaluateAsync("String(document.getElementById('content').hidden)"));
        await page.FillAsync("token", "not-the-token-at-all", submits: true);
        await page.WaitForAsync(
            "document.getElementById('state').textContent === 'The token is not accepted.'");
        await page.FillAsync("token", Token, submits: true);
        await page.WaitForAsync("document.getElementById('state').textContent.startsWith('Not ready')");
        Assert.Equal(Token, await page.EvaluateAsync("Object.values(sessionStorage).join()"));
        Assert.Equal("0", await page.EvaluateAsync("localStorage.length + document.cookie.length"));
    }

    [Fact]
    public async Task Its_files_may_run_nothing_else_and_change_nothing()
    {
        using Folder state = new();
        state.Write("token", Token);
        await using ServalProcess process = ServalProcess.Start(
            "router", "--state-dir", state.Root, "--admin", "127.0.0.1:0", "--workers", "1",
            "--admin-token-file", Path.Combine(state.Root, "token"));
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        foreach (string path in (string[])["/", "/page.css", "/page.js"])
        {
            using HttpResponseMessage file = await admin.GetAsync(
                new Uri(path, UriKind.Relative), Deadline.Token());
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            string policy = file.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        }
        using HttpResponseMessage without = await admin.GetAsync(
            new Uri("/status", UriKind.Relative), Deadline.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using HttpRequestMessage posted = new(HttpMethod.Post, "/");
        posted.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using HttpResponseMessage refused = await admin.SendAsync(posted, Deadline.Token());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
    }
}
