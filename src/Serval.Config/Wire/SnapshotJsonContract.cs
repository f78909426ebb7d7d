using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Serval.Config.Model;

namespace Serval.Config.Wire;

/// <summary>
/// Completes the generated contract in one respect. The generator constructs objects with every init-only
/// property,
/// absent ones at the default of their type, which loses initial values such as <c>Weight = 1</c>. Here
/// objects start
/// with their initial values, present members are set, and a member that has its initial value is not
/// written.
/// </summary>
internal static class SnapshotJsonContract
{
    /// <summary>How the form is read and written.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The same form with line breaks, for people.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Options)
    {
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The contract of a whole snapshot.</summary>
    public static JsonTypeInfo<Snapshot> Snapshot { get; } =
        (JsonTypeInfo<Snapshot>)Options.GetTypeInfo(typeof(Snapshot));

    /// <summary>The contract of a change of one.</summary>
    public static JsonTypeInfo<SnapshotDelta> Delta { get; } =
        (JsonTypeInfo<SnapshotDelta>)Options.GetTypeInfo(typeof(SnapshotDelta));

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new()
        {
            AllowDuplicateProperties = false,
            AllowOutOfOrderMetadataProperties = true,
            // The text goes to people and routers, never into HTML: a plus in a pattern stays a plus.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = ConfigLimits.JsonDepth,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            RespectNullableAnnotations = true,
            TypeInfoResolver = SnapshotJsonContext.Default.WithAddedModifier(Complete),
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
        AddEnum<ListenerProtocol>(options);
        AddEnum<PathPolicy>(options);
        AddEnum<PathMatchKind>(options);
        AddEnum<PathChangeKind>(options);
        AddEnum<EndpointAffinity>(options);
        AddEnum<TlsMode>(options);
        AddEnum<TlsVersion>(options);
        AddEnum<ClientValidationMode>(options);
        AddEnum<SubjectNameKind>(options);
        options.MakeReadOnly();
        return options;
    }

    private static void AddEnum<T>(JsonSerializerOptions options) where T : struct, Enum =>
        options.Converters.Add(
            new JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false));

    private static void Complete(JsonTypeInfo info)
    {
        object? initial = null;
        if (InitialValues.TryCreate(info.Type, out Func<object>? create))
        {
            info.CreateObject = create;
            initial = create();
        }

        foreach (JsonPropertyInfo property in info.Properties)
        {
            object? initialValue = initial is null ? null : property.Get!(initial);
            if (initial is not null)
                property.Set = InitSetters.Of(info.Type, property.Name).Set;
            if (!property.IsRequired)
                property.ShouldSerialize = (_, value) => !IsInitial(value, initialValue);
        }
    }

    private static bool IsInitial(object? value, object? initial) =>
        InitialValues.IsAbsent(value) || Equals(value, initial);
}
