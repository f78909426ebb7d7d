namespace Serval.Config;

/// <summary>
/// Every bound of a configuration. What exceeds one is a finding and the object is refused, unless said
/// otherwise.
/// </summary>
public static class ConfigLimits
{
    /// <summary>Characters of <see cref="Model.Snapshot.Version"/>.</summary>
    public const int VersionLength = 128;

    /// <summary>Characters of the name of an object.</summary>
    public const int NameLength = 512;

    /// <summary>Listeners of a snapshot.</summary>
    public const int Listeners = 10_000;

    /// <summary>Addresses of a listener.</summary>
    public const int AddressesPerListener = 64;

    /// <summary>Routes of a snapshot.</summary>
    public const int Routes = 1_000_000;

    /// <summary>Attachments of a route.</summary>
    public const int AttachmentsPerRoute = 256;

    /// <summary>Hostnames of an attachment.</summary>
    public const int HostnamesPerAttachment = 1_024;

    /// <summary>Rules of a route; the Gateway API allows 16.</summary>
    public const int RulesPerRoute = 1_024;

    /// <summary>Matches of a rule; the Gateway API allows 64.</summary>
    public const int MatchesPerRule = 1_024;

    /// <summary>
    /// Matches of all rules, multiplied by the hostnames of all attachments of their route.
    /// </summary>
    public const int CandidatesPerSnapshot = 16_000_000;

    /// <summary>Header predicates of a match.</summary>
    public const int HeadersPerMatch = 16;

    /// <summary>Query predicates of a match.</summary>
    public const int QueryPerMatch = 16;

    /// <summary>Filters of a rule, or of a backend.</summary>
    public const int FiltersPerList = 16;

    /// <summary>Header edits of each kind in a filter; the Gateway API allows 16.</summary>
    public const int EditsPerKind = 64;

    /// <summary>
    /// Origins, methods, request headers and response headers of a CORS filter, each; the Gateway API allows
    /// 64.
    /// </summary>
    public const int CorsEntries = 64;

    /// <summary>
    /// Bytes of an allowed origin of a CORS filter. Longer origins of requests are not allowed anywhere.
    /// </summary>
    public const int OriginBytes = 272;

    /// <summary>Bytes of all entries of one list of a CORS filter, with two for each separator.</summary>
    public const int CorsListBytes = 8_192;

    /// <summary>Backends of a rule; the Gateway API allows 16.</summary>
    public const int BackendsPerRule = 1_024;

    /// <summary>Weight of a backend.</summary>
    public const int Weight = 1_000_000;

    /// <summary>Clusters of a snapshot.</summary>
    public const int Clusters = 1_000_000;

    /// <summary>Endpoints of a cluster.</summary>
    public const int EndpointsPerCluster = 65_536;

    /// <summary>Bytes of a hostname (RFC 1123 §2.1); longer hosts of requests match no hostname.</summary>
    public const int HostnameBytes = 253;

    /// <summary>Bytes of a label of a hostname (RFC 1035 §2.3.4).</summary>
    public const int LabelBytes = 63;

    /// <summary>Bytes of a path in a match or a filter.</summary>
    public const int PathBytes = 1_024;

    /// <summary>Elements of a prefix: a word of bits says which counts occur, 0 included.</summary>
    public const int PrefixElements = 63;

    /// <summary>Bytes of a method.</summary>
    public const int MethodBytes = 32;

    /// <summary>Bytes of the name of a header or query parameter.</summary>
    public const int ValueNameBytes = 256;

    /// <summary>Bytes of the value of a header or query parameter.</summary>
    public const int ValueBytes = 4_096;

    /// <summary>Characters of a regular expression.</summary>
    public const int RegexPatternLength = 1_024;

    /// <summary>Different regular expressions of a snapshot.</summary>
    public const int RegexPatterns = 10_000;

    /// <summary>
    /// Bytes of a request's path, header or parameter that a regular expression looks at; longer never match.
    /// </summary>
    public const int RegexInputBytes = 4_096;

    /// <summary>Query parameters of a request that predicates look at; later ones are as if absent.</summary>
    public const int QueryParametersSeen = 256;

    /// <summary>Timeouts of a rule, milliseconds: a day.</summary>
    public const int TimeoutMs = 86_400_000;

    /// <summary>Statuses of a rule's retry policy: all that there are.</summary>
    public const int RetryCodes = 200;

    /// <summary>Attempts of a rule's retry policy, after the first.</summary>
    public const int RetryAttempts = 10;

    /// <summary>Backoff of a rule's retry policy, milliseconds.</summary>
    public const int RetryBackoffMs = 60_000;

    /// <summary>Connect timeout of a cluster, milliseconds.</summary>
    public const int ConnectTimeoutMs = 60_000;

    /// <summary>TLS routes of a snapshot.</summary>
    public const int TlsRoutes = 100_000;

    /// <summary>Certificates of a snapshot.</summary>
    public const int Certificates = 10_000;

    /// <summary>Certificates of a listener; the Gateway API allows 64.</summary>
    public const int CertificatesPerListener = 64;

    /// <summary>Names that a certificate is for.</summary>
    public const int NamesPerCertificate = 1_024;

    /// <summary>Characters of a certificate's digest: SHA-256 in hex.</summary>
    public const int DigestLength = 64;

    /// <summary>Bytes of a chain, a private key or an OCSP response: what fits into a Secret.</summary>
    public const int KeyPairPartBytes = 1_048_576;

    /// <summary>
    /// Bytes of a push to a router, of a configuration or of secrets; a router answers 413 to more.
    /// </summary>
    public const int PushBytes = 64 * 1024 * 1024;

    /// <summary>Authorities of a snapshot.</summary>
    public const int Authorities = 10_000;

    /// <summary>Authorities of one listener or cluster; the Gateway API allows 16.</summary>
    public const int AuthoritiesPerValidation = 64;

    /// <summary>Characters of an authority: what fits into a ConfigMap.</summary>
    public const int AuthorityLength = 1_048_576;

    /// <summary>Subject names of a cluster; the Gateway API allows 5.</summary>
    public const int SubjectNamesPerCluster = 64;

    /// <summary>Findings reported at once; one more says that there are others.</summary>
    public const int Findings = 1_000;

    /// <summary>Nesting of the JSON form.</summary>
    public const int JsonDepth = 32;

    /// <summary>Rules listed by an explanation.</summary>
    public const int ExplainedRules = 20;
}
