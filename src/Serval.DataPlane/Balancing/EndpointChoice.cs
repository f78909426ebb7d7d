using Serval.DataPlane.Buffers;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Chooses an endpoint: the less loaded of two drawn at random among those that take exchanges. Where too
/// large a share is ejected, ejections are ignored: better some failures than all load on the few that are
/// left. Pure but for the random bits.
/// </summary>
internal ref struct EndpointChoice
{
    /// <summary>None takes one more.</summary>
    public const int None = -1;

    /// <summary>
    /// None of these takes an exchange, and there are others: see <see cref="HasOthers"/>.
    /// </summary>
    public const int Elsewhere = -2;

    private readonly ReadOnlySpan<int> _endpoints;
    private readonly Slab<EndpointState> _states;

    public EndpointChoice(ReadOnlySpan<int> endpoints, Slab<EndpointState> states)
    {
        _endpoints = endpoints;
        _states = states;
    }

    /// <summary>
    /// Endpoints that this exchange has failed at; -1 for none. Avoided while there are others.
    /// </summary>
    public int Failed { get; init; } = -1;

    public int FailedBefore { get; init; } = -1;

    /// <summary>
    /// True when it failed on a kept connection that had ended meanwhile: its endpoint may be well, and is
    /// taken rather than an ejected one.
    /// </summary>
    public bool MayReturn { get; init; }

    /// <summary>True when the exchange can be sent again should it fail: then it may be a trial.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>
    /// True when other endpoints stand in for these: then one that is ejected, busy or avoided is not used
    /// for want of a better one, and the few that are well are used however many are not.
    /// </summary>
    public bool HasOthers { get; init; }

    /// <summary>Exchanges in progress that one endpoint may have.</summary>
    public int InFlightMax { get; init; } = Limits.InFlightPerEndpoint;

    public long NowMs { get; init; }

    /// <summary>
    /// An ejected endpoint whose time is over and that somebody should dial on trial; -1 for none.
    /// </summary>
    public int Due { get; private set; } = -1;

    /// <summary>The slot of the choice, <see cref="None"/>, or <see cref="Elsewhere"/>.</summary>
    /// <param name="random">Where draws come from.</param>
    public int Choose(ref RandomBits random)
    {
        if (Failed < 0 && TryDrawTwo(random.Next(), out int chosen)) return chosen;
        Span<int> window = stackalloc int[Limits.EndpointsLookedAt];
        int count = Math.Min(_endpoints.Length, window.Length);
        int start = _endpoints.Length == count ? 0 : random.Below(_endpoints.Length);
        int usable = 0;
        int ejected = 0;
        for (int i = 0; i < count; i++)
        {
            int endpoint = _endpoints[(start + i) % _endpoints.Length];
            ref EndpointState state = ref _states[endpoint];
            if (state.Health is EndpointHealth.Ejected or EndpointHealth.Dialled) ejected++;
            if (state.Health == EndpointHealth.Ejected && state.EjectedUntilMs <= NowMs) Due = endpoint;
            if (!Takes(endpoint, in state)) continue;
            // On trial: the sooner it is known the better.
            if (state.Health == EndpointHealth.OnTrial) return endpoint;
            window[usable++] = endpoint;
        }

        bool isPanic = ejected * 100 > count * Limits.EjectedPercentMax;
        if (usable > 0 && (!isPanic || HasOthers)) return LessLoaded(window[..usable], random.Next());
        if (HasOthers) return Elsewhere;
        return ChooseAnyway(window, start, count, ref random);
    }

    // The way of nearly every exchange: nothing is ejected and nobody has failed.
    private readonly bool TryDrawTwo(ulong random, out int chosen)
    {
        int first = _endpoints[0];
        int second = first;
        if (_endpoints.Length > 1)
        {
            uint count = (uint)_endpoints.Length;
            int one = (int)(((random >> 32) * count) >> 32);
            // A second draw among the others, so that the two always differ.
            int two = (int)(((random & uint.MaxValue) * (count - 1)) >> 32);
            if (two >= one) two++;
            (first, second) = (_endpoints[one], _endpoints[two]);
        }

        chosen = Less(first, second);
        return _states[first].Health == EndpointHealth.Healthy
            && _states[second].Health == EndpointHealth.Healthy && HasRoom(in _states[chosen]);
    }

    private readonly int LessLoaded(ReadOnlySpan<int> endpoints, ulong random)
    {
        if (endpoints.Length == 1) return endpoints[0];
        uint count = (uint)endpoints.Length;
        int one = (int)(((random >> 32) * count) >> 32);
        int two = (int)(((random & uint.MaxValue) * (count - 1)) >> 32);
        return Less(endpoints[one], endpoints[two >= one ? two + 1 : two]);
    }

    // One that fails at once is never busy: ejected ones that are used all the same count as busy ones.
    private readonly int Less(int first, int second) => Load(second) < Load(first) ? second : first;

    private readonly int Load(int endpoint)
    {
        ref EndpointState state = ref _states[endpoint];
        bool isOut = state.Health is EndpointHealth.Ejected or EndpointHealth.Dialled;
        return state.InFlight + (isOut ? Limits.EjectedLoad : 0);
    }

    private readonly bool Takes(int endpoint, ref readonly EndpointState state) => state.Health switch
    {
        EndpointHealth.Healthy => !IsAvoided(endpoint) && HasRoom(in state),
        EndpointHealth.OnTrial => !IsAvoided(endpoint) && state.InFlight == 0
            && (IsRepeatable || NowMs - state.EjectedUntilMs > Limits.TrialOverdueMs),
        _ => false,
    };

    // What is left when no healthy one is, or too few are: whatever was not tried yet, then what was.
    private readonly int ChooseAnyway(Span<int> window, int start, int count, ref RandomBits random)
    {
        if (MayReturn && HasRoom(in _states[Failed]) && _states[Failed].Health == EndpointHealth.Healthy)
            return Failed;
        for (int pass = 0; pass < 2; pass++)
        {
            int usable = 0;
            for (int i = 0; i < count; i++)
            {
                int endpoint = _endpoints[(start + i) % _endpoints.Length];
                bool isWanted = pass == 1 || !IsAvoided(endpoint);
                if (isWanted && HasRoom(in _states[endpoint])) window[usable++] = endpoint;
            }

            if (usable > 0) return LessLoaded(window[..usable], random.Next());
        }

        return None;
    }

    private readonly bool IsAvoided(int endpoint) => endpoint == Failed || endpoint == FailedBefore;

    private readonly bool HasRoom(ref readonly EndpointState state) =>
        state.InFlight < InFlightMax;
}
