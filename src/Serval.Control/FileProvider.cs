using System.Collections.Immutable;
using Serval.Common;
using Serval.Config.Validating;
using Serval.Control.Files;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;
using Serval.Control.Supplementing;
using Serval.Control.Watching;

namespace Serval.Control;

/// <summary>
/// Configuration from files: reads every object below a path and translates it, once or whenever something
/// changes. A file that is broken keeps what it held before until it can be read again; of two objects of the
/// same kind and name the first (by file name, then position) counts.
/// </summary>
public sealed class FileProvider
{
    private readonly string _root;
    private readonly string _controllerName;
    private readonly FileSupplement? _supplement;
    private readonly Lock _lock = new();
    private readonly FileSet _files;
    private readonly ControlPlane _plane;
    private Translation? _current;
    private string? _fingerprint;
    private long _sequence;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="path">A file, or a folder that is read with its folders.</param>
    /// <param name="controllerName">Gateways whose class names this controller are served.</param>
    /// <param name="supplement">Adds objects to those of the files; null for none.</param>
    public FileProvider(
        string path, string controllerName = "serval.dev/gateway-controller",
        FileSupplement? supplement = null)
        : this(path, controllerName, TimeProvider.System, supplement)
    {
    }

    internal FileProvider(
        string path, string controllerName, TimeProvider time, FileSupplement? supplement = null)
    {
        _supplement = supplement;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _controllerName = controllerName;
        _files = new FileSet(_root, time);
        _plane = new ControlPlane(
            new TranslationOptions { ControllerName = controllerName }, ResourceKind.All);
    }

    /// <summary>
    /// Reads the files as they are now. Whatever is wrong with them is a finding; it does not throw.
    /// </summary>
    public Translation Load()
    {
        lock (_lock)
        {
            Update(isCertain: true);
            return Translate();
        }
    }

    /// <summary>
    /// Calls <paramref name="onChange"/> for every change since the last reading, one after another, as soon
    /// as the files have been quiet for a moment. Ends by cancellation, or with what
    /// <paramref name="onChange"/> throws.
    /// </summary>
    public async Task WatchAsync(
        Func<Translation, CancellationToken, Task> onChange, CancellationToken cancellationToken)
    {
        using FolderWatch watch = new(_root);
        while (true)
        {
            // Watched first, read then: nothing can change unseen in between.
            watch.RenewIfStale();
            if (TryLoadChange(watch.HasEvents) is { } translation)
            {
                watch.OnChangeFound();
                await onChange(translation, cancellationToken);
            }
            await watch.WaitAsync(IsWaiting, cancellationToken);
        }
    }

    private bool IsWaiting
    {
        get
        {
            lock (_lock)
                return _files.IsWaiting;
        }
    }

    private Translation? TryLoadChange(bool isCertain)
    {
        lock (_lock)
        {
            return Update(isCertain) ? Translate() : null;
        }
    }

    private bool Update(bool isCertain)
    {
        FileListing listing = FileListing.Read(_root);
        if (listing.Fingerprint == _fingerprint && !isCertain && !_files.NeedsReading)
            return false;
        bool isFirst = _fingerprint is null;
        _fingerprint = listing.Fingerprint;
        return _files.Update(listing, isCertain) || isFirst;
    }

    private Translation Translate()
    {
        (ImmutableArray<Resource> objects, Dictionary<string, string> locations, List<Finding> ofFiles) =
            _files.Collect();
        if (_supplement is not null)
            objects = _supplement.Complete(objects, _controllerName);
        // Files are known as a whole: what no file holds any more is gone.
        ChangeBatch batch = new()
        {
            Upserts = objects,
            Replaced = [.. ResourceKind.All],
            Synced = [.. ResourceKind.All],
        };
        _current = _plane.Apply(batch) ?? _current!;
        Translation translation = _current;
        bool hasErrors = ofFiles.Concat(translation.Findings).Any(
            finding => finding.Severity == Severity.Error);
        if (translation.Snapshot.Listeners.IsEmpty && !hasErrors) ofFiles.Add(NothingServed(objects));
        NearMisses near = new(objects, [.. _files.Refused.Select(key => key.ToString())]);
        FilePlaces places = new(_files);
        ImmutableArray<Finding> findings =
        [
            .. ofFiles.Concat(translation.Findings.Select(near.Explain))
                .Select(finding => locations.TryGetValue(finding.Subject, out string? location)
                    ? finding with { Subject = $"{finding.Subject} ({places.Of(finding.Field, location)})" }
                    : finding)
                .OrderBy(finding => WithoutPlace(finding.Subject), StringComparer.Ordinal),
        ];
        return translation.With(findings, ++_sequence);
    }

    // Findings of one object stay in the order in which they were found, wherever its fields stand.
    private static string WithoutPlace(string subject) =>
        subject.IndexOf(" (", StringComparison.Ordinal) is var end and >= 0 ? subject[..end] : subject;

    // Not an error: the Gateway may be about to be written. But who looks for a listener should find this
    // line.
    private Finding NothingServed(ImmutableArray<Resource> objects)
    {
        string why = _files.HasAny
            ? "No listener is served: a Gateway is needed whose class names the controller "
                + $"{_controllerName}."
            : $"No listener is served: there is no file that ends with .yaml, .yml or .json in {_root}.";
        GatewayClassResource? near = objects.OfType<GatewayClassResource>().FirstOrDefault(item =>
            item.Spec.ControllerName != _controllerName
            && Spelling.IsNear(_controllerName, item.Spec.ControllerName));
        if (near is not null)
            why += $" {near.Key} names {near.Spec.ControllerName}; is that misspelt?";
        return new Finding(Severity.Warning, "Gateways", "", Reason.NothingServed, why);
    }
}
