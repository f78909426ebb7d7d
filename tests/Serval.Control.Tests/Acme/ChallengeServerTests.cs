using System.Net.Sockets;
using System.Text;
using Serval.Control.Acme;

namespace Serval.Control.Tests.Acme;

/// <summary>Answers to challenges beside connections that ask for nothing.</summary>
public sealed class ChallengeServerTests : IEndsAsync
{
    private const string Token = "token";
    private const string Answer = "token.thumbprint";
    private readonly ChallengeServer _server = new();
    private readonly List<TcpClient> _silent = [];

    public ChallengeServerTests() => _server.Put(Token, Answer);

    [Fact]
    public async Task A_request_is_answered_while_connections_that_say_nothing_leave_room_for_it()
    {
        await BeSilentAsync(AcmeLimits.AnswersAtOnce - 1);
        string answer = await AskAsync();
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith(Answer, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_beyond_the_bound_waits_until_the_time_of_another_is_over_and_is_answered()
    {
        await BeSilentAsync(AcmeLimits.AnswersAtOnce);
        string answer = await AskAsync();
        Assert.EndsWith(Answer, answer, StringComparison.Ordinal);
        // Its turn came only because one of them was closed.
        Assert.Contains(_silent, static client => client.Client.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData("POST", Token)]
    [InlineData("get", Token)]
    [InlineData("GET", "other")]
    public async Task Nothing_else_is_answered(string method, string token) => Assert.StartsWith(
        "HTTP/1.1 404 ", await AskAsync(method, token), StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _silent.ForEach(client => client.Dispose());
        await _server.DisposeAsync();
    }

    private async Task BeSilentAsync(int connections)
    {
        for (int i = 0; i < connections; i++)
        {
            TcpClient client = new();
            _silent.Add(client);
            await client.ConnectAsync("127.0.0.1", _server.Port);
        }
    }

    private async Task<string> AskAsync(string method = "GET", string token = Token)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", _server.Port);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"{method} {ChallengeServer.Path}{token} HTTP/1.1\r\nHost: a\r\n\r\n"));
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
