using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Adds CORS policies.</summary>
/// <param name="tables">Where to.</param>
/// <param name="bytes">Their strings.</param>
internal sealed class CorsCompiler(RouteTables tables, ByteTable bytes)
{
    private const string Any = "*";

    /// <summary>Adds a policy and returns its index.</summary>
    public int Add(CorsFilter filter)
    {
        int start = tables.Origins.Count;
        foreach (string text in filter.AllowOrigins.OrEmpty())
        {
            if (OriginPattern.TryParse(text, out OriginPattern origin))
                tables.Origins.Add(new CompiledOrigin(
                    origin.IsHttps, origin.IsWildcard, bytes.Add(origin.Host), origin.Port));
        }

        return tables.Cors.Add(new CompiledCors
        {
            Origins = new Slice(start, tables.Origins.Count - start),
            AllowsAnyOrigin = filter.AllowOrigins.OrEmpty().Contains(OriginPattern.Any),
            AllowsCredentials = filter.AllowCredentials,
            AllowsAnyMethod = filter.AllowMethods.OrEmpty().Contains(Any),
            AllowsAnyHeader = filter.AllowHeaders.OrEmpty().Contains(Any),
            Methods = Join(filter.AllowMethods.OrEmpty()),
            Headers = Join(filter.AllowHeaders.OrEmpty()),
            // With credentials a browser takes * for the name of a header, so it must not be said.
            ExposedHeaders = Join(filter.AllowCredentials
                ? [.. filter.ExposeHeaders.OrEmpty().Where(name => name != Any)]
                : filter.ExposeHeaders.OrEmpty()),
            MaxAgeSeconds = filter.MaxAgeSeconds,
        });
    }

    private Slice Join(ImmutableArray<string> entries) => bytes.Add(string.Join(", ", entries));
}
