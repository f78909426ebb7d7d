using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Leads from server names to the rules of TLS routes.</summary>
internal sealed class TlsRouteCompiler(HostCompiler hosts, RuleCompiler rules)
{
    /// <summary>
    /// Adds every route, the oldest first: where several have the same server name on a listener, the first
    /// keeps it.
    /// </summary>
    public void AddRoutes(Snapshot snapshot)
    {
        ImmutableArray<TlsRoute> routes = snapshot.TlsRoutes.OrEmpty();
        if (routes.IsEmpty)
            return;
        Dictionary<string, int> listeners = new(StringComparer.Ordinal);
        for (int i = 0; i < snapshot.Listeners.OrEmpty().Length; i++)
            listeners.Add(snapshot.Listeners[i].Name, i);
        foreach (int index in Enumerable.Range(0, routes.Length)
            .OrderBy(i => routes[i].CreatedAtMs).ThenBy(i => routes[i].Name, StringComparer.Ordinal))
        {
            int rule = rules.Add(index, 0, new HttpRule { Backends = routes[index].Backends });
            foreach (Attachment attachment in routes[index].Attachments.OrEmpty())
            {
                int listener = listeners[attachment.Listener];
                if (attachment.Hostnames.IsDefaultOrEmpty)
                    Attach(listener, hostname: null, rule);
                foreach (string hostname in attachment.Hostnames.OrEmpty())
                    Attach(listener, hostname, rule);
            }
        }
    }

    private void Attach(int listener, string? hostname, int rule)
    {
        ref HostNode node = ref hosts[hosts.OnListener(listener, hostname)];
        if (node.Target < 0)
            node.Target = rule;
    }
}
