using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks where routes of one kind are attached.</summary>
/// <param name="findings">Where to say what is wrong.</param>
/// <param name="listeners">Listeners that take such routes.</param>
/// <param name="others">Listeners that do not.</param>
/// <param name="protocols">What listeners speak that take such routes, in words.</param>
internal sealed class AttachmentValidator(
    FindingList findings, HashSet<string> listeners, HashSet<string> others, string protocols)
{
    private static readonly ItemNames Names = new("attachments");

    /// <summary>Checks the attachments of a route and counts their hostnames.</summary>
    public long Validate(ImmutableArray<Attachment> attachments, Subject subject)
    {
        long hostnames = 0;
        if (findings.RequireCount(
            attachments.Length, ConfigLimits.AttachmentsPerRoute, subject, "attachments"))
        {
            for (int i = 0; i < attachments.Length; i++)
                hostnames += Validate(attachments[i], subject, Names[i]);
        }

        return hostnames;
    }

    private int Validate(Attachment? attachment, Subject subject, string field)
    {
        if (attachment?.Listener is null)
        {
            findings.Add(subject, field, Reasons.Missing, "names no listener; remove it");
            return 0;
        }

        if (others.Contains(attachment.Listener))
        {
            findings.Add(
                subject, $"{field}.listener", Reasons.Conflict,
                $"listener \"{attachment.Listener}\" takes no such routes; name one of protocol {protocols}");
        }
        else if (!listeners.Contains(attachment.Listener))
        {
            findings.Add(
                subject, $"{field}.listener", Reasons.NotFound,
                $"there is no listener \"{attachment.Listener}\"; add it or remove the attachment");
        }

        ImmutableArray<string> hostnames = attachment.Hostnames.OrEmpty();
        if (!findings.RequireCount(
                hostnames.Length, ConfigLimits.HostnamesPerAttachment, subject, $"{field}.hostnames"))
            return 0;
        for (int i = 0; i < hostnames.Length; i++)
        {
            if (!Syntax.IsHostnamePattern(hostnames[i]))
            {
                findings.Add(
                    subject, $"{field}.hostnames[{i}]", Reasons.InvalidValue,
                    $"\"{hostnames[i]}\" is not a lower-case hostname, with or without a leading \"*.\"");
            }
        }

        return Math.Max(1, hostnames.Length);
    }
}
