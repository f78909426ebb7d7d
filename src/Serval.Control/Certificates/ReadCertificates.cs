using System.Runtime.CompilerServices;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Certificates;

/// <summary>
/// What Secrets and ConfigMaps hold, read once for each version of an object: reading keys is dear, and
/// Gateways are resolved often.
/// </summary>
/// <remarks>Owner: one graph. Thread: any. Bound: as long as the objects are kept by the store.</remarks>
internal sealed class ReadCertificates
{
    private readonly ConditionalWeakTable<SecretResource, ReadKeyPair> _keyPairs = [];
    private readonly ConditionalWeakTable<Resource, StrongBox<(Authority? Authority, string Problem)>>
        _authorities = [];

    /// <summary>Certificate and key of a Secret.</summary>
    public ReadKeyPair KeyPairOf(SecretResource secret) => _keyPairs.GetValue(secret, KeyPairReader.Read);

    /// <summary>The bundle in a ConfigMap or Secret, or why there is none.</summary>
    public (Authority? Authority, string Problem) AuthorityOf(Resource resource) =>
        _authorities.GetValue(resource, key => new(AuthorityReader.Read(key))).Value;
}
