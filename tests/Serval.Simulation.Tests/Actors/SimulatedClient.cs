using System.Globalization;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>
/// A client on one connection: sends its requests, one after the other or all at once, judges each answer.
/// </summary>
internal sealed class SimulatedClient : SimulatedPeer
{
    private readonly int _number;
    private readonly ExchangePlan[] _plans;
    private readonly bool _isPipelining;
    private readonly bool _endsHalf;
    private MessageReader _reader;
    private int _next;
    private int _sent;
    private long _received;
    private int _echoed;
    private int _interims;

    public SimulatedClient(SimulatedNetwork network, TcpConnection tcp, int number, ExchangePlan[] plans)
        : base(network, tcp)
    {
        _number = number;
        _plans = plans;
        // A client that breaks off takes the requests before with it.
        _isPipelining = plans.Length > 1 && plans[^1].ClientFault == ClientFault.None
            && network.Random.Chance(250);
        _endsHalf = network.Random.Chance(250);
        _reader = NewReader();
    }

    /// <summary>True when nothing more will come of it.</summary>
    public bool IsDone { get; private set; }

    protected override int ReadRate => IsDone ? 0 : Current.ClientReadRate;

    protected override int WriteRate => _plans[_sent - 1].ClientWriteRate;

    protected override int DripBytes => _plans[_sent - 1].DripBytes;

    private ExchangePlan Current => _plans[_next];

    private bool IsTunnel => _reader.IsDone && _reader.Status == 101;

    /// <summary>Comes to a listener.</summary>
    public void Connect(SimulatedListener listener, SocketAddress address)
    {
        Network.Note(TraceKind.ClientConnects, _number, listener.Port);
        listener.Backlog.Enqueue(new PendingClient(address, Tcp, () => Tcp.RouterClose()));
        if (_isPipelining) while (_sent < _plans.Length) SendNext();
        else SendNext();
        listener.Poke();
    }

    protected override void OnWritten()
    {
        bool isLast = _sent == _plans.Length && _plans[^1].ClientFault == ClientFault.None
            && !_plans[^1].IsUpgrade;
        if (!_endsHalf || !isLast) return;
        // Who does not say that this is the last request counts as gone, whatever waits behind one another.
        bool isLastSaid = _plans[^1].WantsClose;
        foreach (ExchangePlan plan in _plans)
            plan.MayBeGone |= !Network.Faults.ServesHalfClosed
                && (!isLastSaid || plan.Request.Shape == BodyShape.Chunked);
        EndHalf();
    }

    protected override void OnBytes(ReadOnlySpan<byte> bytes)
    {
        Network.Note(TraceKind.ClientReceives, _number, bytes.Length);
        _received += bytes.Length;
        while (!bytes.IsEmpty && !IsDone)
        {
            if (IsTunnel)
            {
                TakeEcho(bytes);
                return;
            }

            bool wasHead = _reader.IsHeadRead;
            bytes = bytes[_reader.Feed(bytes)..];
            if (_reader.Error is { } error) Violate(error);
            if (_reader.Error is not null) return;
            if (!wasHead && _reader.IsHeadRead) TakeHead();
            if (_reader.IsDone && !IsTunnel) TakeResponse();
        }

        if (!IsDone && _received >= 1 + (Current.FaultPermille * 3)) FailReading();
    }

    protected override void OnEnd(bool isReset)
    {
        Network.Note(TraceKind.ClientEnds, _number, isReset ? 1 : 0);
        if (IsDone) return;
        bool isEchoed = IsTunnel && _echoed == Current.Response.Length;
        bool isWhole = !isReset && _reader.IsHeadRead && !IsTunnel && _reader.End();
        if (isEchoed)
        {
            Current.Delivery = Delivery.Upstream;
            Current.EndedUs = Network.Microseconds;
            _next++;
        }
        else if (isWhole)
        {
            TakeResponse();
            if (IsDone) return;
        }
        else
        {
            Current.EndedUs = Network.Microseconds;
            Current.Delivery = !Current.IsSent ? Delivery.NotSent
                : _reader.IsBegun || _interims > 0 ? Delivery.Part : Delivery.Nothing;
            _next++;
        }

        for (int i = _next; i < _plans.Length; i++)
        {
            Delivery before = i > 0 ? _plans[i - 1].Delivery : Delivery.Upstream;
            if (before is Delivery.Part or Delivery.Nothing or Delivery.NotSent) _plans[i].IsBehindEnd = true;
            _plans[i].Delivery = _plans[i].IsSent ? Delivery.Nothing : Delivery.NotSent;
            _plans[i].EndedUs = Network.Microseconds;
        }

        IsDone = true;
        if (!isReset) Ending = Ending.Close;
        if (!isReset) Pump();
    }

    private void SendNext()
    {
        ExchangePlan plan = _plans[_sent++];
        byte[] request = RequestBytes.Compose(plan, Network.Random);
        bool isCut = plan.ClientFault is ClientFault.Resets or ClientFault.Ends or ClientFault.Stalls;
        if (isCut) request = request[..(int)((long)request.Length * plan.FaultPermille / 1_000)];
        plan.IsSent = true;
        plan.SentUs = Network.Microseconds;
        plan.Delivery = Delivery.Waiting;
        Network.Note(TraceKind.ClientSends, plan.Id, request.Length);
        if (plan.ClientFault == ClientFault.Resets) Ending = Ending.Reset;
        if (plan.ClientFault == ClientFault.Ends) Ending = Ending.Half;
        if (plan.ClientFault == ClientFault.Garbles && plan.FaultPermille < 500) Ending = Ending.Half;
        Write(request);
    }

    private void TakeHead()
    {
        ExchangePlan plan = Current;
        int id = plan.Id;
        _reader.Expected = index => BodyBytes.At(id, isResponse: true, index);
        if (_reader.Status is >= 100 and < 200 && _reader.Status != 101)
        {
            if (plan.IsHttp10) Violate("HTTP/1.0 gets an interim response");
            if (_reader.Header("Link") is null) Violate("an interim response without its header");
            _interims++;
            _reader = NewReader();
            return;
        }

        plan.StatusSeen = _reader.Status;
        plan.Reason = _reader.Header("X-Serval-Reason") ?? "";
        if (plan.Reason.Length > 0)
        {
            byte[] text = [.. StatusTexts.Of(_reader.Status), (byte)'\n'];
            _reader.Expected = index => index < text.Length ? text[index] : (byte)0;
            return;
        }

        ResponseCheck.Head(Network, plan, _reader, _interims);
        if (IsTunnel) Write(BodyBytes.Of(plan.Id, isResponse: true, plan.Response.Length));
        if (IsTunnel && plan.Response.Length == 0) EndHalf();
    }

    private void TakeResponse()
    {
        ExchangePlan plan = Current;
        bool isLocal = plan.Reason.Length > 0;
        plan.Delivery = isLocal ? Delivery.Local : Delivery.Upstream;
        plan.EndedUs = Network.Microseconds;
        Network.Note(TraceKind.ClientResponse, plan.Id, plan.StatusSeen);
        if (!isLocal) ResponseCheck.Body(Network, plan, _reader);
        else if (_reader.Mismatch >= 0) Violate("an answer of Serval's has a wrong text");
        bool isEnd = _reader.Header("Connection") == "close" || _reader.Shape == BodyShape.UntilClose
            || (plan.IsHttp10 && _reader.Header("Connection") != "keep-alive");
        if (isLocal && plan.Path.StartsWith("/none/", StringComparison.Ordinal)
            && plan.Request.Shape == BodyShape.None && plan.KeepsClient
            && isEnd && !Network.Faults.DrainsEarly && !Network.Faults.RemovesListener
            && plan.ClientFault == ClientFault.None)
        {
            Violate("an answer of Serval's ends the connection without need");
        }

        _next++;
        _interims = 0;
        _received = 0;
        _reader = NewReader();
        for (int i = _next; i < _plans.Length && isEnd; i++) _plans[i].IsBehindEnd = true;
        if (_next == _plans.Length)
        {
            IsDone = true;
            Ending = Ending.Close;
            Pump();
        }
        else if (_sent == _next)
        {
            Network.After(Current.ThinkUs, () =>
            {
                if (!IsDone) SendNext();
            });
        }
    }

    private void TakeEcho(ReadOnlySpan<byte> bytes)
    {
        ExchangePlan plan = Current;
        foreach (byte octet in bytes)
        {
            if (octet != BodyBytes.At(plan.Id, isResponse: true, _echoed++))
            {
                Violate($"byte {_echoed - 1} of a tunnel is wrong: {Convert.ToHexString(bytes)}");
                return;
            }
        }

        if (_echoed < plan.Response.Length) return;
        plan.Delivery = Delivery.Upstream;
        EndHalf();
    }

    private void FailReading()
    {
        if (Current.ClientFault == ClientFault.ResetsReading)
        {
            Network.Note(TraceKind.ClientResets, _number, _received);
            Reset();
        }
        else if (Current.ClientFault == ClientFault.StallsReading)
        {
            StopsReading = true;
            IsDone = true;
        }
    }

    private MessageReader NewReader() =>
        new(isResponse: true) { IsBodiless = _next < _plans.Length && Current.Method == "HEAD" };

    private void Violate(string what) =>
        Network.Violate(string.Create(CultureInfo.InvariantCulture, $"exchange {Current.Id}: {what}"));
}
