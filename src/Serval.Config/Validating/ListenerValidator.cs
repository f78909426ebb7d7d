using System.Collections.Immutable;
using Serval.Common.Addressing;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks listeners.</summary>
internal sealed class ListenerValidator(
    FindingList findings, HashSet<string> certificates, HashSet<string> authorities)
{
    private readonly ListenerTlsValidator _tls = new(findings, certificates, authorities);
    private readonly Dictionary<(string Address, int Port, string? Hostname), Subject> _served = [];

    // Whether the sockets of an address and port speak clear text, and who said so first.
    private readonly Dictionary<(string Address, int Port), (bool IsClear, Subject First)> _spoken = [];

    /// <summary>
    /// Checks them and returns the names of those that take HTTP routes and of those that take TLS routes.
    /// </summary>
    public (HashSet<string> Http, HashSet<string> Tls) Validate(ImmutableArray<Listener> listeners)
    {
        HashSet<string> all = new(StringComparer.Ordinal);
        HashSet<string> tls = new(StringComparer.Ordinal);
        if (!findings.RequireCount(listeners.Length, ConfigLimits.Listeners, Subject.Snapshot, "listeners"))
            return (all, tls);
        for (int i = 0; i < listeners.Length; i++)
        {
            if (listeners[i] is not { } listener)
            {
                findings.Add(Subject.Snapshot, $"listeners[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            Validate(listener, SnapshotValidator.AddName(findings, all, "Listener", i, listener.Name));
            if (listener.Protocol == ListenerProtocol.Tls && listener.Name is not null)
                tls.Add(listener.Name);
        }

        all.ExceptWith(tls);
        return (all, tls);
    }

    private void Validate(Listener listener, Subject subject)
    {
        findings.Require(
            listener.Port is >= 1 and <= 65535, subject, "port", Reasons.InvalidValue,
            $"{listener.Port} is not a port; use 1 to 65535");
        findings.Require(
            listener.Protocol is >= ListenerProtocol.Http and <= ListenerProtocol.Tls, subject, "protocol",
            Reasons.InvalidValue, $"{listener.Protocol} is not known; use http, https or tls");
        _tls.Validate(listener, subject);
        findings.Require(
            listener.PathPolicy is >= PathPolicy.Router and <= PathPolicy.Raw, subject, "pathPolicy",
            Reasons.InvalidValue, $"{listener.PathPolicy} is not known; use router, default, strict or raw");
        findings.Require(
            listener.Hostname is null || Syntax.IsHostnamePattern(listener.Hostname), subject, "hostname",
            Reasons.InvalidValue,
            $"\"{listener.Hostname}\" is not a lower-case hostname, with or without a leading \"*.\"");
        ImmutableArray<string> addresses = listener.Addresses.OrEmpty();
        if (!findings.RequireCount(addresses.Length, ConfigLimits.AddressesPerListener, subject, "addresses"))
            return;
        if (addresses.IsEmpty)
            Serve(listener, "", subject);
        for (int i = 0; i < addresses.Length; i++)
        {
            if (IpLiteral.IsCanonical(addresses[i]))
            {
                Serve(listener, addresses[i], subject);
                continue;
            }

            findings.Add(
                subject, $"addresses[{i}]", Reasons.InvalidValue,
                $"\"{addresses[i]}\" is not an IP address in its shortest lower-case form without zone");
        }
    }

    private void Serve(Listener listener, string address, Subject subject)
    {
        bool isClear = listener.Protocol == ListenerProtocol.Http;
        if (!_spoken.TryAdd((address, listener.Port), (isClear, subject)))
        {
            (bool IsClear, Subject First) other = _spoken[(address, listener.Port)];
            findings.Require(
                other.IsClear == isClear, subject, "protocol", Reasons.Conflict,
                $"{other.First} has the same address and port and speaks {(other.IsClear ? "http" : "TLS")};"
                + " one port cannot do both, change one of them");
        }

        if (_served.TryAdd((address, listener.Port, listener.Hostname), subject))
            return;
        Subject twin = _served[(address, listener.Port, listener.Hostname)];
        findings.Add(
            subject, "hostname", Reasons.Duplicate,
            $"{twin} has the same address, port and hostname; change one of the three");
    }
}
