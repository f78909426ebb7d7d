using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Fills the tables of one valid snapshot: listeners, then rules, then what leads to the rules.
/// </summary>
internal static class SnapshotCompiler
{
    /// <summary>The tables; the caller disposes them.</summary>
    public static RouteTables Compile(ValidSnapshot valid, KeyedHash hash, ListenerGroups groups)
    {
        (Snapshot snapshot, PatternSet patterns) = (valid.Source, valid.Patterns);
        RouteTables tables = new(hash) { GroupCount = groups.Count };
        try
        {
            using ByteTable bytes = new(tables.Bytes, hash);
            using HostCompiler hosts = new(tables, bytes);
            hosts.AddListeners(snapshot, groups);
            RuleCompiler rules = new(tables, bytes, ClusterNumbers(valid));
            using RouteCompiler routes = new(
                tables, hosts, rules, new MatchCompiler(tables, bytes, patterns));
            routes.AddRoutes(snapshot, valid.Routes);
            new TlsRouteCompiler(hosts, rules).AddRoutes(snapshot);
            routes.Finish();
            tables.Regexes = new RegexTable(patterns.ToArray(), patterns.Readers);
            tables.Trim();
            tables.FreshBytes = tables.RecordBytes;
            return tables;
        }
        catch
        {
            tables.Dispose();
            throw;
        }
    }

    private static Func<string, int> ClusterNumbers(ValidSnapshot valid)
    {
        ImmutableArray<Cluster> clusters = valid.Source.Clusters.OrEmpty();
        Dictionary<string, int> numbers = new(clusters.Length, StringComparer.Ordinal);
        for (int i = 0; i < clusters.Length; i++)
            numbers.Add(clusters[i].Name, valid.Clusters.NumberAt(i));
        return name => numbers[name];
    }
}
