using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serval.Config.Model;

namespace Serval.Config.Wire.Reading;

/// <summary>
/// The readers of every type of the model, made from the contract of the form: names, what is required and
/// what may be null are said there alone.
/// </summary>
internal sealed class ValueReaders
{
    private readonly JsonSerializerOptions _contract;
    private readonly Dictionary<Type, object> _byType = [];

    /// <summary>By a completed contract.</summary>
    public ValueReaders(JsonSerializerOptions contract)
    {
        _contract = contract;
        AddTokens();
        Add(new ArrayReader<string?>(Of<string?>()));
        Add(new ArrayReader<int>(Of<int>()));
        AddObject<ClientValidation>();
        AddObject<ListenerTls>();
        AddObject<Listener>();
        AddObject<Attachment>();
        AddObject<PathMatch>();
        AddObject<ValueMatch>();
        AddObject<Match>();
        AddObject<HeaderValue>();
        AddObject<HeaderEdits>();
        AddObject<PathChange>();
        AddFilters();
        AddObject<WeightedCluster>();
        AddObject<RetryPolicy>();
        AddObject<HttpRule>();
        AddObject<HttpRoute>();
        AddObject<SubjectName>();
        AddObject<ClusterTls>();
        AddObject<Cluster>();
        AddObject<Endpoint>();
        AddObject<EndpointSource>();
        AddObject<EndpointSet>();
        AddObject<TlsRoute>();
        AddObject<Certificate>();
        AddObject<Authority>();
        AddObject<SnapshotChanges>();
        AddObject<SnapshotRemovals>();
        AddObject<Snapshot>();
        AddObject<SnapshotDelta>();
    }

    /// <summary>The reader of a type; one that is missing fails when the first text is read.</summary>
    public ValueReader<T> Of<T>() => (ValueReader<T>)_byType[typeof(T)];

    private void Add<T>(ValueReader<T> reader) => _byType.Add(typeof(T), reader);

    private void AddTokens()
    {
        Add(new TokenReader<string?>((scoped ref tokens, out value) =>
        {
            value = tokens.Type == JsonTokenType.String ? tokens.GetString() : null;
            return tokens.Type is JsonTokenType.String or JsonTokenType.Null;
        }));
        Add(new TokenReader<bool>((scoped ref tokens, out value) =>
        {
            value = tokens.Type == JsonTokenType.True;
            return tokens.Type is JsonTokenType.True or JsonTokenType.False;
        }));
        Add(new TokenReader<int>((scoped ref tokens, out value) => tokens.TryRead(out value)));
        Add(new TokenReader<long>((scoped ref tokens, out value) => tokens.TryRead(out value)));
        Add(new TokenReader<int?>((scoped ref tokens, out value) =>
        {
            bool isNumber = tokens.TryRead(out int number);
            value = isNumber ? number : null;
            return isNumber || tokens.Type == JsonTokenType.Null;
        }));
        Add(new EnumReader<ListenerProtocol>());
        Add(new EnumReader<PathPolicy>());
        Add(new EnumReader<PathMatchKind>());
        Add(new EnumReader<PathChangeKind>());
        Add(new EnumReader<EndpointAffinity>());
        Add(new EnumReader<TlsMode>());
        Add(new EnumReader<TlsVersion>());
        Add(new EnumReader<ClientValidationMode>());
        Add(new EnumReader<SubjectNameKind>());
    }

    private void AddObject<T>() where T : class
    {
        ObjectReader<T> reader = new(InitialValues.Creator(typeof(T)), Members<T>());
        Add(reader);
        Add(new ArrayReader<T?>(reader));
    }

    private void AddFilters()
    {
        JsonPolymorphismOptions form = _contract.GetTypeInfo(typeof(Filter)).PolymorphismOptions!;
        string discriminator = form.TypeDiscriminatorPropertyName;
        List<(string, TryReadToken<Filter?>)> types = [];
        foreach (JsonDerivedType type in form.DerivedTypes)
        {
            types.Add(((string)type.TypeDiscriminator!, 0 switch
            {
                _ when type.DerivedType == typeof(RequestHeaderFilter) =>
                    FilterOf<RequestHeaderFilter>(discriminator),
                _ when type.DerivedType == typeof(ResponseHeaderFilter) =>
                    FilterOf<ResponseHeaderFilter>(discriminator),
                _ when type.DerivedType == typeof(RedirectFilter) => FilterOf<RedirectFilter>(discriminator),
                _ when type.DerivedType == typeof(CorsFilter) => FilterOf<CorsFilter>(discriminator),
                _ when type.DerivedType == typeof(MirrorFilter) => FilterOf<MirrorFilter>(discriminator),
                _ => FilterOf<RewriteFilter>(discriminator),
            }));
        }

        FilterReader reader = new(discriminator, [.. types]);
        Add(reader);
        Add(new ArrayReader<Filter?>(reader));
    }

    private TryReadToken<Filter?> FilterOf<T>(string discriminator) where T : Filter
    {
        ObjectReader<T> reader = new(
            InitialValues.Creator(typeof(T)), [new DiscriminatorReader(discriminator), .. Members<T>()]);
        return (scoped ref tokens, out value) =>
        {
            bool isPlain = reader.TryRead(ref tokens, out T? filter);
            value = filter;
            return isPlain;
        };
    }

    private MemberReader[] Members<T>() =>
    [
        .. _contract.GetTypeInfo(typeof(T)).Properties
            .Select(property => InitSetters.Of(typeof(T), property.Name).CreateReader(property, this)),
    ];
}
