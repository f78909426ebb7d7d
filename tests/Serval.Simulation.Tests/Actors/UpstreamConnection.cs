using System.Globalization;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Actors;

/// <summary>One connection of an upstream: checks what it is asked, answers as planned.</summary>
internal sealed class UpstreamConnection : SimulatedPeer
{
    private readonly PlanBook _plans;
    private readonly bool _isOther;
    private MessageReader _reader = new(isResponse: false);
    private ExchangePlan? _plan;
    private int _writeRate;
    private bool _isAnswered;
    private bool _isTunnel;
    private int _requests;

    /// <param name="network">Where it is.</param>
    /// <param name="tcp">The connection.</param>
    /// <param name="plans">What may be asked.</param>
    /// <param name="isOther">True for an endpoint of the other cluster.</param>
    public UpstreamConnection(SimulatedNetwork network, TcpConnection tcp, PlanBook plans, bool isOther)
        : base(network, tcp)
    {
        _plans = plans;
        _isOther = isOther;
    }

    protected override int ReadRate => _plan?.UpstreamReadRate ?? 0;

    protected override int WriteRate => _writeRate;

    protected override void OnBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_isTunnel)
            {
                Write(bytes.ToArray());
                return;
            }

            bytes = bytes[_reader.Feed(bytes)..];
            if (_reader.Error is { } error)
            {
                Network.Violate("an upstream cannot read its request: " + error);
                Reset();
                return;
            }

            if (_reader.IsHeadRead && _plan is null) TakeHead();
            if (StopsReading) return;
            if (_reader.IsDone) TakeRequest();
        }
    }

    protected override void OnEnd(bool isReset)
    {
        Network.Note(TraceKind.UpstreamEnds, Tcp.Number, isReset ? 1 : 0);
        if (isReset) return;
        Ending = Ending.Close;
        Pump();
    }

    private void TakeHead()
    {
        string[] parts = _reader.StartLine.Split(' ');
        ExchangePlan? plan = parts.Length == 3 ? _plans.Find(parts[1]) : null;
        if (plan is null || parts[0] != plan.Method || parts[1] != plan.Path || parts[2] != "HTTP/1.1")
        {
            Network.Violate("an upstream is asked what nobody has asked: " + _reader.StartLine);
            Reset();
            return;
        }

        _plan = plan;
        plan.TimesSeen++;
        Network.Note(TraceKind.UpstreamRequest, plan.Id, plan.TimesSeen);
        CheckHead(plan);
        int id = plan.Id;
        _reader.Expected = index => BodyBytes.At(id, isResponse: false, index);
        if (plan.UpstreamFault == UpstreamFault.StopsReading) StopsReading = true;
        else if (plan.UpstreamFault == UpstreamFault.ResetsInAnswer) AnswerAndReset(plan);
        else if (plan.UpstreamFault == UpstreamFault.ResetsAtOnce) Reset();
        else if (plan.UpstreamFault is UpstreamFault.AnswersEarly or UpstreamFault.StallsEarly) Answer(plan);
    }

    private void CheckHead(ExchangePlan plan)
    {
        Expect(plan, "X-Client", plan.Id.ToString(CultureInfo.InvariantCulture));
        Expect(plan, "X-Forwarded-For", plan.ClientAddress);
        Expect(plan, "X-Padding", new string('q', plan.PaddingBytes));
        Expect(plan, "X-Hop", null);
        Expect(
            plan, "X-Listener", plan.Port == 0 ? null : plan.Port.ToString(CultureInfo.InvariantCulture));
        if (plan.IsOf(SampleSnapshot.Weighted) != _isOther)
            Network.Violate($"exchange {plan.Id} ({plan.Path}) comes to an endpoint of another cluster");
        string? version = _reader.Header("X-Req-Version");
        if (plan.VersionSeen is not null && plan.VersionSeen != version)
            Network.Violate($"exchange {plan.Id} is sent again by another version");
        plan.VersionSeen = version;
        if (plan.TimesSeen > 1 && !plan.IsIdempotent)
            Network.Violate($"exchange {plan.Id} is a {plan.Method} and sent twice");
        if (plan.TimesSeen > 3) Network.Violate($"exchange {plan.Id} is sent {plan.TimesSeen} times");
    }

    private void Expect(ExchangePlan plan, string name, string? value)
    {
        string? actual = _reader.Header(name);
        if (actual != value)
            Network.Violate($"exchange {plan.Id} reaches the upstream with {name}: {actual}, not {value}");
    }

    private void TakeRequest()
    {
        ExchangePlan? plan = _plan;
        if (plan is null) return;
        bool isWhole = _reader.Mismatch < 0 && _reader.BodyLength == plan.Request.Length;
        if (!isWhole)
        {
            Network.Violate(
                $"exchange {plan.Id}: {_reader.BodyLength} of {plan.Request.Length} bytes of a request "
                + $"arrive, first wrong byte {_reader.Mismatch}");
        }

        string trailers = plan.Request.HasTrailers ? $"{MessageBytes.Trailer}: {plan.Id}\n" : "";
        if (_reader.Trailers != trailers)
            Network.Violate($"exchange {plan.Id}: request trailers are {_reader.Trailers}");
        plan.IsRequestWhole = isWhole;
        _reader = new MessageReader(isResponse: false);
        _plan = null;
        _requests++;
        bool isAnswered = _isAnswered;
        _isAnswered = false;
        if (isAnswered) return;
        long work = Network.Random.Chance(300) ? Network.Random.Between(0, 200_000) : 0;
        int requests = _requests;
        Network.After(work, () =>
        {
            if (requests == _requests) Answer(plan);
        });
    }

    private void Answer(ExchangePlan plan)
    {
        Network.Note(TraceKind.UpstreamResponds, plan.Id, plan.Status);
        _writeRate = plan.UpstreamWriteRate;
        _isAnswered = plan.UpstreamFault is UpstreamFault.AnswersEarly or UpstreamFault.StallsEarly
            or UpstreamFault.ResetsInAnswer;
        byte[] response = UpstreamAnswer.Compose(plan, Network.Random);
        bool isCut = plan.UpstreamFault
            is UpstreamFault.Resets or UpstreamFault.Closes or UpstreamFault.ResetsInAnswer
            or UpstreamFault.Stalls or UpstreamFault.StallsEarly;
        if (isCut) response = response[..(int)((long)response.Length * plan.FaultPermille / 1_000)];
        _isTunnel = plan.IsUpgrade && plan.UpstreamFault == UpstreamFault.None;
        Ending = plan.UpstreamFault switch
        {
            UpstreamFault.Resets => Ending.Reset,
            UpstreamFault.Closes => Ending.Close,
            UpstreamFault.Stalls or UpstreamFault.StallsEarly or UpstreamFault.ResetsInAnswer =>
                Ending.Silence,
            _ when plan.UpstreamCloses && !plan.IsUpgrade => Ending.Close,
            _ when UpstreamAnswer.ShapeOf(plan) == BodyShape.UntilClose => Ending.Close,
            _ => Ending.None,
        };
        bool isKept = Ending == Ending.None && !_isTunnel;
        Write(response);
        if (Network.Faults.ClosesIdle && isKept) CloseLater();
    }

    // Part of the answer is on its way, or blocked, when the reset comes.
    private void AnswerAndReset(ExchangePlan plan)
    {
        StopsReading = true;
        Answer(plan);
        Network.After(Network.Random.Between(1, 200_000), Reset);
    }

    // The worst moment is when the next request is on its way: it will never be looked at.
    private void CloseLater()
    {
        int requests = _requests;
        Network.After(Network.Random.Between(0, Network.Random.Pick(2_000, 100_000, 2_000_000)), () =>
        {
            if (requests != _requests || _reader.IsBegun || HasOutput || Ending != Ending.None) return;
            if (Network.Random.Chance(300)) Reset();
            else Tcp.PeerClose();
            StopsReading = true;
        });
    }
}
