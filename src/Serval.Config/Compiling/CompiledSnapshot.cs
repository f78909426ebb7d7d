using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>
/// A snapshot as indexes and tables in unmanaged memory: what workers read. Immutable once compiled; any
/// number of threads may look up at once. <see cref="Dispose"/> only when no exchange pins it any more.
/// </summary>
public sealed class CompiledSnapshot : IDisposable
{
    private CompiledSnapshot(Snapshot source) => Source = source;

    /// <summary>What it was compiled from.</summary>
    public Snapshot Source { get; }

    /// <summary>Compiles a valid snapshot (see Validating). Deterministic; the memory it takes is linear in its size.</summary>
    /// <exception cref="ArgumentException">The snapshot was not valid.</exception>
    public static CompiledSnapshot Compile(Snapshot snapshot) => new(snapshot);

    /// <summary>
    /// The group of listeners that share this address (empty for all addresses) and port; -1 when there is none.
    /// Groups are numbered from 0 in the order of first appearance in <see cref="Snapshot.Listeners"/>.
    /// </summary>
    public int FindGroup(string address, int port) => throw new NotSupportedException();

    /// <summary>
    /// Finds the rule for a request, by the precedence of the Gateway API: listener by most specific hostname, then
    /// route hostname, exact path, longest prefix, regular expression, method, number of headers, number of query
    /// parameters, oldest route, name, order in the route. Allocates nothing, except that regular expressions may
    /// while their automaton grows.
    /// </summary>
    public RouteHit Match<THeaders>(scoped in RequestTarget target, scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct => throw new NotSupportedException();

    /// <summary>A rule by id.</summary>
    public ref readonly CompiledRule Rule(int ruleId) => throw new NotSupportedException();

    /// <summary>The backends of a rule.</summary>
    public ReadOnlySpan<CompiledBackend> Backends(Slice slice) => throw new NotSupportedException();

    /// <summary>Header edits.</summary>
    public ReadOnlySpan<CompiledEdit> Edits(Slice slice) => throw new NotSupportedException();

    /// <summary>A redirect by index.</summary>
    public ref readonly CompiledRedirect Redirect(int index) => throw new NotSupportedException();

    /// <summary>A rewrite by index.</summary>
    public ref readonly CompiledRewrite Rewrite(int index) => throw new NotSupportedException();

    /// <summary>Bytes of a slice.</summary>
    public ReadOnlySpan<byte> Bytes(Slice slice) => throw new NotSupportedException();

    /// <summary>Frees the tables.</summary>
    public void Dispose()
    {
    }
}
