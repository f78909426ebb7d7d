using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// Waits until a proxy that is starting answers: faults are expected until then and count for nothing.
/// </summary>
/// <remarks>
/// Owner: whoever starts the proxy. Thread: the loop's. Bound: one connection, one deadline.
/// </remarks>
internal sealed class Probe : IClientOwner
{
    private const int EnoughAnswers = 20;
    private const int TurnsBetweenLooks = 100;
    private const long RetryNs = 500_000;

    private readonly EventLoop _loop;
    private readonly Client _client;
    private uint _nextId;
    private int _answers;
    private long _retryAtNs;

    public Probe(EventLoop loop, ClientPlan plan)
    {
        _loop = loop;
        _client = new Client(loop, this, plan);
    }

    /// <summary>When the first answer came, of <see cref="EventLoop.Clock"/>; 0 before.</summary>
    public long AnsweredNs { get; private set; }

    /// <summary>Why the last attempt failed.</summary>
    public string LastFault { get; private set; } = "no answer";

    /// <summary>
    /// False when <paramref name="isAlive"/> says that the proxy has ended, or the time is over.
    /// </summary>
    public bool TrySettle(double seconds, Func<bool> isAlive)
    {
        long deadline = _loop.NowNs + (long)(seconds * 1e9);
        while (_answers < EnoughAnswers && _loop.NowNs < deadline && isAlive())
        {
            if (_client.State == ClientState.Closed && _loop.NowNs >= _retryAtNs)
            {
                _retryAtNs = _loop.NowNs + RetryNs;
                _client.Open(0);
            }

            for (int i = 0; i < TurnsBetweenLooks; i++)
            {
                _loop.Turn();
            }
        }

        _client.Close();
        return _answers >= EnoughAnswers;
    }

    public void Opened(Client client) => Next(client);

    public void Completed(Client client)
    {
        _answers++;
        AnsweredNs = AnsweredNs == 0 ? EventLoop.Clock() : AnsweredNs;
        if (client.State == ClientState.Free)
        {
            Next(client);
        }
    }

    public void Closed(Client client) => client.Open(0);

    public void Failed(Client client, string fault)
    {
        LastFault = fault;
        _answers = 0;
    }

    private void Next(Client client)
    {
        if (_answers < EnoughAnswers)
        {
            client.Start(_nextId++, _loop.NowNs);
        }
    }
}
