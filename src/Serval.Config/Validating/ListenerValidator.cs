using System.Collections.Immutable;
using Serval.Common.Addressing;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks listeners.</summary>
internal sealed class ListenerValidator(FindingList findings)
{
    private readonly Dictionary<(string Address, int Port, string? Hostname), Subject> _served = [];

    /// <summary>Checks them and returns their names.</summary>
    public HashSet<string> Validate(ImmutableArray<Listener> listeners)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (!findings.RequireCount(listeners.Length, ConfigLimits.Listeners, Subject.Snapshot, "listeners"))
            return names;
        for (int i = 0; i < listeners.Length; i++)
        {
            if (listeners[i] is null)
                findings.Add(Subject.Snapshot, $"listeners[{i}]", Reasons.Missing, "is null; remove it");
            else
                Validate(listeners[i],
                    SnapshotValidator.AddName(findings, names, "Listener", i, listeners[i].Name));
        }

        return names;
    }

    private void Validate(Listener listener, Subject subject)
    {
        findings.Require(
            listener.Port is >= 1 and <= 65535, subject, "port", Reasons.InvalidValue,
            $"{listener.Port} is not a port; use 1 to 65535");
        findings.Require(
            listener.Protocol is ListenerProtocol.Http, subject, "protocol", Reasons.InvalidValue,
            $"{listener.Protocol} is not known; use http");
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
        if (_served.TryAdd((address, listener.Port, listener.Hostname), subject))
            return;
        Subject other = _served[(address, listener.Port, listener.Hostname)];
        findings.Add(
            subject, "hostname", Reasons.Duplicate,
            $"{other} has the same address, port and hostname; change one of the three");
    }
}
