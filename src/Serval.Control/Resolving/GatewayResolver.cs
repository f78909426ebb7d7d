using System.Collections.Immutable;
using Serval.Config.Validating;
using Serval.Control.Certificates;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Resolving;

/// <summary>
/// Decides which classes, Gateways, ListenerSets and listeners are served. They judge each other, so all are
/// decided at once; there are few of them beside routes.
/// </summary>
/// <remarks>Owner: one resolution.</remarks>
internal sealed class GatewayResolver(
    ObjectStore store, ObjectReader reader, TlsReferences references, TranslationOptions options)
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();
    private readonly ListenerConflicts _conflicts = new();
    private int _listenerCount;

    /// <summary>Everything there is to say about them.</summary>
    public ImmutableArray<Finding> Findings => _findings.ToImmutable();

    /// <summary>The classes that name this controller, sorted; others are none of our business.</summary>
    public ImmutableArray<ResolvedClass> ResolveClasses()
    {
        Verdict supportedVersion = InstalledBundle.Judge(reader);
        bool isExperimental = InstalledBundle.IsExperimental(reader);
        ImmutableArray<ResolvedClass>.Builder classes = ImmutableArray.CreateBuilder<ResolvedClass>();
        foreach (GatewayClassResource source in Sorted<GatewayClassResource>(Kinds.GatewayClass))
        {
            if (source.Spec.ControllerName != options.ControllerName)
                continue;
            Verdict verdict = Verdict.Yes(Reason.Accepted, "This controller serves the class.");
            if (source.Spec.ParametersRef is not null)
            {
                verdict = Verdict.No(Reason.InvalidParameters,
                    "Serval takes no parameters; remove spec.parametersRef.");
                _findings.Add(new Finding(
                    Severity.Error, source.Key.ToString(), "spec.parametersRef",
                    verdict.Reason, verdict.Message));
            }
            classes.Add(new ResolvedClass(source, verdict, supportedVersion, isExperimental));
        }
        return classes.ToImmutable();
    }

    /// <summary>Gateways of accepted classes with their ListenerSets, sorted, conflicts decided.</summary>
    public ImmutableArray<ResolvedGateway> ResolveGateways(ImmutableArray<ResolvedClass> classes)
    {
        HashSet<string> accepted =
            [.. classes.Where(c => c.Accepted.IsTrue).Select(c => c.Source.Metadata.Name)];
        TellOfUnserved(classes);
        // The older one keeps what two want; names break ties. A ListenerSet never takes from a Gateway.
        GatewayResource[] sources =
        [
            .. Sorted<GatewayResource>(Kinds.Gateway)
                .Where(gateway => accepted.Contains(gateway.Spec.GatewayClassName))
                .OrderBy(gateway => gateway.Metadata.CreatedAtMs),
        ];
        AddressAssignment addresses = new(options.Pool, sources);
        Dictionary<ObjectKey, ResolvedGateway> gateways = [];
        foreach (GatewayResource source in sources)
        {
            FindingList list = new(source.Key.ToString());
            gateways.Add(source.Key, Resolve(source, addresses, list));
            _findings.AddRange(list.ToImmutable());
        }
        ILookup<ObjectKey, ResolvedListenerSet> sets = ResolveSets(gateways)
            .ToLookup(set => set.Source.ParentKey);
        return
        [
            .. gateways.Values
                .Select(gateway =>
                    JudgeOverlaps(gateway with { ListenerSets = [.. sets[gateway.Source.Key]] }))
                .OrderBy(gateway => gateway.Source.Key),
        ];
    }

    // The oldest first.
    private List<ResolvedListenerSet> ResolveSets(Dictionary<ObjectKey, ResolvedGateway> gateways)
    {
        List<ResolvedListenerSet> sets = [];
        foreach (ListenerSetResource source in Sorted<ListenerSetResource>(Kinds.ListenerSet)
            .OrderBy(set => set.Metadata.CreatedAtMs))
        {
            FindingList list = new(source.Key.ToString());
            if (gateways.GetValueOrDefault(source.ParentKey) is { } parent)
            {
                sets.Add(new ListenerSetResolver(reader, references, _conflicts)
                    .Resolve(source, parent, ref _listenerCount, list));
            }
            else if (!store.TryGet(source.ParentKey, out GatewayResource? _))
            {
                list.Warning("spec.parentRef", Reason.ParentNotFound,
                    $"There is no Gateway {source.ParentKey.Path}; check name and namespace.");
            }
            _findings.AddRange(list.ToImmutable());
        }
        return sets;
    }

    private static ResolvedGateway JudgeOverlaps(ResolvedGateway gateway)
    {
        ListenerOverlaps overlaps = new(
            gateway.Listeners.Concat(gateway.ListenerSets.SelectMany(set => set.Listeners)));
        return gateway with
        {
            Listeners = [.. gateway.Listeners.Select(overlaps.Judge)],
            ListenerSets =
            [
                .. gateway.ListenerSets.Select(
                    set => set with { Listeners = [.. set.Listeners.Select(overlaps.Judge)] }),
            ],
        };
    }

    private IEnumerable<T> Sorted<T>(string kind)
        where T : Resource =>
        store.OfKind<T>(Groups.Gateway, kind).OrderBy(resource => resource.Key);

    // Gateways of another controller's class are passed over in silence; the rest waits for a class of ours.
    private void TellOfUnserved(ImmutableArray<ResolvedClass> classes)
    {
        HashSet<string> known =
        [
            .. store.OfKind<GatewayClassResource>(Groups.Gateway, Kinds.GatewayClass)
                .Select(c => c.Metadata.Name),
        ];
        HashSet<string> refused =
            [.. classes.Where(c => !c.Accepted.IsTrue).Select(c => c.Source.Metadata.Name)];
        foreach (GatewayResource source in Sorted<GatewayResource>(Kinds.Gateway))
        {
            string name = source.Spec.GatewayClassName;
            if (!known.Contains(name))
            {
                _findings.Add(new Finding(
                    Severity.Warning, source.Key.ToString(), "spec.gatewayClassName", Reason.ParentNotFound,
                    $"There is no GatewayClass {name}, so nobody serves this Gateway; check the name or "
                    + "add the class."));
            }
            else if (refused.Contains(name))
            {
                _findings.Add(new Finding(
                    Severity.Error, source.Key.ToString(), "spec.gatewayClassName", Reason.Pending,
                    $"GatewayClass {name} is not accepted, so this Gateway is not served; repair the "
                    + "class."));
            }
        }
    }

    private ResolvedGateway Resolve(
        GatewayResource source, AddressAssignment assignment, FindingList findings)
    {
        Verdict? refusal = GatewayFields.RefusalOf(source, findings);
        Verdict addressed = assignment.VerdictOf(source);
        ImmutableArray<string> addresses = refusal is null ? assignment.AddressesOf(source) : [];
        if (!addressed.IsTrue)
            findings.Error("spec.addresses", addressed.Reason, addressed.Message);
        string prefix = $"{source.Metadata.Namespace}/{source.Metadata.Name}";
        ListenerResolver resolver = new(
            prefix, new ListenerTlsResolver(references, source.Key, source), findings);
        ImmutableArray<ResolvedListener> listeners =
        [
            .. source.Spec.Listeners.Select(
                (listener, index) => resolver.Resolve(listener, index, ref _listenerCount)),
        ];
        listeners = ListenerConflicts.WithinGroup(listeners, findings);
        if (refusal is null && addressed.IsTrue)
            listeners = _conflicts.WithOlder(source.Key, addresses, listeners, findings);
        (ReadKeyPair? certificate, Verdict? resolvedRefs) = FindBackendCertificate(source, findings);
        return new ResolvedGateway
        {
            Source = source,
            BackendCertificate = certificate,
            ResolvedRefs = resolvedRefs,
            Accepted = refusal ?? ListenerResolver.VerdictOf("Gateway", listeners),
            Addressed = addressed,
            Addresses = addresses,
            Listeners = listeners,
            ListenerSets = [],
        };
    }

    private (ReadKeyPair? KeyPair, Verdict? ResolvedRefs) FindBackendCertificate(
        GatewayResource source, FindingList findings)
    {
        const string Field = "spec.tls.backend.clientCertificateRef";
        if (source.Spec.Tls?.Backend?.ClientCertificateRef is not { } reference)
            return (null, null);
        (ReadKeyPair? pair, Verdict? problem) = references.FindKeyPair(
            reference, source.Key, Reason.InvalidClientCertificateRef, out string? warning);
        if (warning is not null)
            findings.Warning(Field, Reason.InvalidValue, warning);
        if (problem is not null)
            findings.Error(Field, problem.Reason, problem.Message);
        return (pair, problem ?? Verdict.Yes(Reason.ResolvedRefs, "All references are resolved."));
    }
}
