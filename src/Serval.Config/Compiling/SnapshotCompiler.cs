using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Fills the tables of one valid snapshot: listeners, then rules, then what leads to the rules.
/// </summary>
internal static class SnapshotCompiler
{
    /// <summary>The tables; the caller disposes them.</summary>
    public static RouteTables Compile(
        Snapshot snapshot, PatternSet patterns, KeyedHash hash, ListenerGroups groups)
    {
        RouteTables tables = new(hash) { GroupCount = groups.Count };
        try
        {
            using ByteTable bytes = new(tables.Bytes, hash);
            using HostCompiler hosts = new(tables, bytes);
            hosts.AddListeners(snapshot, groups);
            RuleCompiler rules = new(tables, bytes, snapshot);
            using RouteCompiler routes = new(tables, bytes, hosts, rules, patterns);
            routes.AddRoutes(snapshot);
            routes.Finish();
            tables.Regexes = new RegexTable(patterns.ToArray(), patterns.Readers);
            tables.Trim();
            return tables;
        }
        catch
        {
            tables.Dispose();
            throw;
        }
    }
}
