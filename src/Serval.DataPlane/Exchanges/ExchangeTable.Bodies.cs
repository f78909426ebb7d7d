using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Exchanges;

// Bodies on their way from one leg to the other, and what comes behind them.
internal sealed partial class ExchangeTable<TRing>
{
    private BodyProgress MoveBody(ref Leg from, ref Leg to, in TrailerFilter filter, bool isResponse)
    {
        BodyProgress progress = _legs.Move(ref from, ref to, isResponse);
        return progress == BodyProgress.IsAtEnd ? OnTrailers(ref from, in to, in filter) : progress;
    }

    // A body is over. The fields behind it come to the exchange, whichever protocol they came by, and go to
    // the other leg: it writes them as it writes fields. A body that is framed by its length or by the close
    // has no place for them there.
    private BodyProgress OnTrailers(ref Leg from, in Leg to, in TrailerFilter filter)
    {
        Trailers trailers = _legs.TrailersOf(in from);
        filter.Apply(trailers);
        return _legs.TryEnd(ref from, in to, trailers) ? BodyProgress.IsDone : BodyProgress.IsOutOfBuffers;
    }
}
