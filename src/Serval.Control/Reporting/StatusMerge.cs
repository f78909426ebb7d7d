using System.Globalization;
using System.Text.Json.Nodes;

namespace Serval.Control.Reporting;

/// <summary>
/// What to write so that an object's status says what it should: times of conditions are kept while their
/// status is, and entries of other controllers stay as they are. Pure.
/// </summary>
internal static class StatusMerge
{
    private const string LastTransitionTime = "lastTransitionTime";

    // Fields that are left out while they say nothing: a stored one must then go.
    private static readonly string[] OwnFields = ["addresses", "attachedListenerSets", "supportedFeatures"];

    // Conditions of other types belong to someone else and stay.
    private static readonly string[] OwnConditions =
    [
        "Accepted", "Conflicted", "InsecureFrontendValidationMode", "OverlappingTLSConfig", "Programmed",
        "ResolvedRefs", "SupportedVersion",
    ];

    // Lists of which every controller has entries, and what an entry is about.
    private static class EntryLists
    {
        public static readonly (string Name, string Reference) Parents = ("parents", "parentRef");
        public static readonly (string Name, string Reference) Ancestors = ("ancestors", "ancestorRef");
    }

    /// <summary>
    /// The status to write; null when the stored one says the same already or is of a newer generation.
    /// </summary>
    /// <param name="wanted">What ours should say; null when nothing of ours belongs there any more.</param>
    /// <param name="observed">What is stored.</param>
    /// <param name="controllerName">Which entries of a route are ours.</param>
    /// <param name="now">Time of conditions that change.</param>
    public static JsonObject? Merge(
        ObjectStatus? wanted, ObservedStatus observed, string controllerName, DateTimeOffset now)
    {
        JsonObject stored = observed.Json.IsEmpty
            ? []
            : JsonNode.Parse(observed.Json.Span) as JsonObject ?? [];
        JsonObject? status = wanted is null
            ? null
            : (JsonObject)StatusJson.ToObject(wanted)["status"]!.DeepClone();
        if (status is not null && Generation(status) is { } generation && generation < observed.Generation)
            return null; // the object has changed since: what follows from that comes next
        bool hasAncestors = wanted is PolicyStatus
            || (wanted is null && stored.ContainsKey(EntryLists.Ancestors.Name));
        return wanted is null or RouteStatus or PolicyStatus
            ? MergeEntries(
                hasAncestors ? EntryLists.Ancestors : EntryLists.Parents, status, stored, controllerName, now)
            : MergeOwn(status!, stored, now);
    }

    // Every field that is ours; server-side apply leaves those of others alone.
    private static JsonObject? MergeOwn(JsonObject status, JsonObject stored, DateTimeOffset now)
    {
        KeepTimes(status["conditions"] as JsonArray, stored["conditions"] as JsonArray, now);
        foreach (JsonObject listener in Objects(status["listeners"]))
        {
            JsonObject? before = Objects(stored["listeners"])
                .FirstOrDefault(other => Text(other, "name") == Text(listener, "name"));
            KeepTimes(listener["conditions"] as JsonArray, before?["conditions"] as JsonArray, now);
        }
        bool isSame = Says(stored, status)
            && OwnFields.All(field => stored[field] is null || status.ContainsKey(field));
        return isSame ? null : status;
    }

    private static JsonObject? MergeEntries(
        (string Name, string Reference) list, JsonObject? status, JsonObject stored, string controllerName,
        DateTimeOffset now)
    {
        List<JsonObject> before = [.. Objects(stored[list.Name])];
        List<JsonObject> ours = [.. Objects(status?[list.Name])];
        List<JsonObject> ourBefore = [.. before.Where(IsOurs)];
        // A full list takes no further entry (GEP-713), and an API server no longer one.
        if (list == EntryLists.Ancestors)
            ours = [.. ours.Take(ReportingLimits.AncestorsMax - (before.Count - ourBefore.Count))];
        foreach (JsonObject parent in ours)
        {
            JsonObject? same = ourBefore.FirstOrDefault(
                other => JsonNode.DeepEquals(other[list.Reference], parent[list.Reference]));
            KeepTimes(parent["conditions"] as JsonArray, same?["conditions"] as JsonArray, now);
        }
        bool isSame = ours.Count == ourBefore.Count
            && ours.Zip(ourBefore).All(pair => JsonNode.DeepEquals(pair.First, pair.Second));
        if (isSame)
            return null;
        JsonObject result = (JsonObject)stored.DeepClone();
        result[list.Name] = new JsonArray(
        [
            .. before.Where(parent => !IsOurs(parent)).Select(parent => parent.DeepClone()),
            .. ours.Select(parent => parent.DeepClone()),
        ]);
        return result;

        bool IsOurs(JsonObject parent) => Text(parent, "controllerName") == controllerName;
    }

    private static void KeepTimes(JsonArray? conditions, JsonArray? stored, DateTimeOffset now)
    {
        foreach (JsonObject condition in Objects(conditions))
        {
            JsonObject? before = Objects(stored)
                .FirstOrDefault(other => Text(other, "type") == Text(condition, "type"));
            bool isKept = before is not null && Text(before, "status") == Text(condition, "status");
            condition[LastTransitionTime] = isKept && before![LastTransitionTime] is { } time
                ? time.DeepClone()
                : now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether a stored value has everything that a wanted one has, and no further items.</summary>
    private static bool Says(JsonNode? stored, JsonNode? wanted) => wanted switch
    {
        JsonObject fields => stored is JsonObject owner
            && fields.All(field => Says(owner[field.Key], field.Value)),
        JsonArray items => SayItems(stored as JsonArray ?? [], items),
        _ => JsonNode.DeepEquals(stored, wanted),
    };

    // Lists that are maps may be stored in another order.
    private static bool SayItems(JsonArray stored, JsonArray wanted)
    {
        JsonObject? first = Objects(wanted).FirstOrDefault();
        if (first?.ContainsKey("reason") == true)
        {
            int ours = Objects(stored).Count(item => OwnConditions.Contains(Text(item, "type")));
            return ours == wanted.Count && SayByKey(stored, wanted, "type");
        }
        if (stored.Count != wanted.Count)
            return false;
        return first?.ContainsKey("conditions") == true
            ? SayByKey(stored, wanted, "name")
            : stored.Zip(wanted).All(pair => Says(pair.First, pair.Second));
    }

    private static bool SayByKey(JsonArray stored, JsonArray wanted, string key) => Objects(wanted).All(
        item => Says(Objects(stored).FirstOrDefault(other => Text(other, key) == Text(item, key)), item));

    private static long? Generation(JsonNode? node) => node switch
    {
        JsonObject fields when fields["observedGeneration"] is JsonValue value => value.GetValue<long>(),
        JsonObject fields =>
            fields.Select(field => Generation(field.Value)).FirstOrDefault(found => found is not null),
        JsonArray items => items.Select(Generation).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static IEnumerable<JsonObject> Objects(JsonNode? list) =>
        list is JsonArray items ? items.OfType<JsonObject>() : [];

    private static string? Text(JsonObject owner, string name) =>
        owner[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
