using Serval.Config.Validating;

namespace Serval.Control.Reporting;

/// <summary>Reasons of conditions (Gateway API) and of findings that have no condition.</summary>
internal static class Reason
{
    // Gateway API: GatewayClass, Gateway, listeners.
    public const string Accepted = "Accepted";
    public const string AddressNotAssigned = "AddressNotAssigned";
    public const string ConfigurationChanged = "ConfigurationChanged";
    public const string HostnameConflict = "HostnameConflict";
    public const string Invalid = "Invalid";
    public const string InvalidCaCertificateKind = "InvalidCACertificateKind";
    public const string InvalidCaCertificateRef = "InvalidCACertificateRef";
    public const string InvalidCertificateRef = "InvalidCertificateRef";
    public const string InvalidClientCertificateRef = "InvalidClientCertificateRef";
    public const string InvalidParameters = "InvalidParameters";
    public const string InvalidRouteKinds = "InvalidRouteKinds";
    public const string ListenersNotValid = "ListenersNotValid";
    public const string NoConflicts = "NoConflicts";
    public const string NoValidCaCertificate = "NoValidCACertificate";
    public const string NotAllowed = "NotAllowed";
    public const string OverlappingHostnames = "OverlappingHostnames";
    public const string ParentNotAccepted = "ParentNotAccepted";
    public const string Pending = "Pending";
    public const string Programmed = "Programmed";
    public const string ProtocolConflict = "ProtocolConflict";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string SupportedVersion = "SupportedVersion";
    public const string TooManyListeners = "TooManyListeners";
    public const string UnsupportedAddress = "UnsupportedAddress";
    public const string UnsupportedProtocol = "UnsupportedProtocol";

    // Gateway API: policies (GEP-713).
    public const string Conflicted = "Conflicted";
    public const string TargetNotFound = "TargetNotFound";

    // Gateway API: routes.
    public const string BackendNotFound = "BackendNotFound";
    public const string IncompatibleFilters = "IncompatibleFilters";
    public const string InvalidKind = "InvalidKind";
    public const string NoMatchingListenerHostname = "NoMatchingListenerHostname";
    public const string NoMatchingParent = "NoMatchingParent";
    public const string NotAllowedByListeners = "NotAllowedByListeners";
    public const string RefNotPermitted = "RefNotPermitted";
    public const string UnsupportedValue = "UnsupportedValue";

    /// <summary>Our own: every listener that the route could attach to is refused.</summary>
    public const string NoReadyListeners = "NoReadyListeners";

    // Findings alone.
    public const string Duplicate = Reasons.Duplicate;
    public const string Ignored = "Ignored";
    public const string InvalidValue = Reasons.InvalidValue;
    public const string LastGoodKept = "LastGoodKept";
    public const string MissingField = Reasons.Missing;
    public const string NeverMatches = "NeverMatches";
    public const string NoEffect = Reasons.NoEffect;
    public const string NothingServed = "NothingServed";
    public const string NoEndpoints = "NoEndpoints";
    public const string ParentNotFound = "ParentNotFound";
    public const string TooMany = Reasons.TooMany;
    public const string UnknownField = "UnknownField";
    public const string UnknownKind = "UnknownKind";
    public const string UnreadableFile = "UnreadableFile";
    public const string UnreadableYaml = "UnreadableYaml";
    public const string UnsupportedField = "UnsupportedField";
    public const string UnsupportedVersion = "UnsupportedVersion";
    public const string WrongType = "WrongType";
}
