using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks the filters of a rule or of a backend.</summary>
internal sealed class FilterValidator(FindingList findings)
{
    /// <summary>
    /// Checks a list; <paramref name="hasOnlyPrefixes"/> says whether a prefix can be replaced.
    /// </summary>
    public void Validate(
        ImmutableArray<Filter> filters, bool hasOnlyPrefixes, Subject subject, string owner,
        bool isBackend = false)
    {
        if (filters.IsEmpty
            || !findings.RequireCount(
                filters.Length, ConfigLimits.FiltersPerList, subject, $"{owner}.filters"))
            return;
        int deciding = 0;
        int hosts = 0;
        int policies = 0;
        for (int i = 0; i < filters.Length; i++)
        {
            string field = $"{owner}.filters[{i}]";
            switch (filters[i])
            {
                case RequestHeaderFilter request:
                    Validate(request.Edits, isRequest: true, subject, field);
                    hosts += request.Edits?.FindHost() is null ? 0 : 1;
                    break;
                case ResponseHeaderFilter response:
                    Validate(response.Edits, isRequest: false, subject, field);
                    break;
                case RedirectFilter redirect:
                    Validate(redirect, hasOnlyPrefixes, subject, field);
                    deciding++;
                    break;
                case RewriteFilter rewrite:
                    ValidateHostname(rewrite.Hostname, subject, field);
                    Validate(rewrite.Path, hasOnlyPrefixes, subject, field);
                    deciding++;
                    hosts += rewrite.Hostname is null ? 0 : 1;
                    break;
                case CorsFilter cors:
                    findings.Require(
                        !isBackend, subject, field, Reasons.Conflict,
                        "is for a rule: a preflight is answered before a backend is chosen; move it there");
                    CorsValidator.Validate(findings, cors, subject, field);
                    policies++;
                    break;
                case MirrorFilter mirror:
                    Validate(mirror, isBackend, subject, field);
                    break;
                default:
                    findings.Add(subject, field, Reasons.Missing, "is null or of no known type; remove it");
                    break;
            }
        }

        findings.Require(
            deciding <= 1, subject, $"{owner}.filters", Reasons.Conflict,
            "redirects and rewrites exclude each other and may not be repeated; keep one");
        findings.Require(
            policies <= 1, subject, $"{owner}.filters", Reasons.Conflict,
            "there is more than one CORS filter; keep one");
        findings.Require(
            hosts <= 1, subject, $"{owner}.filters", Reasons.Conflict,
            "more than one filter sets the host; keep one");
    }

    private void Validate(MirrorFilter mirror, bool isBackend, Subject subject, string field)
    {
        findings.Require(!isBackend, subject, field, Reasons.Conflict, "is for a rule; move it there");
        findings.Require(
            mirror.Denominator >= 1 && mirror.Numerator >= 0 && mirror.Numerator <= mirror.Denominator,
            subject, field, Reasons.InvalidValue,
            $"{mirror.Numerator} of {mirror.Denominator} is not a share; use 0 of 1 to 1 of 1");
    }

    private void Validate(RedirectFilter redirect, bool hasOnlyPrefixes, Subject subject, string field)
    {
        findings.Require(
            redirect.Scheme is null or "http" or "https", subject, $"{field}.scheme", Reasons.InvalidValue,
            $"\"{redirect.Scheme}\" is not known; use http or https");
        findings.Require(
            redirect.Port is null or (>= 1 and <= 65535), subject, $"{field}.port", Reasons.InvalidValue,
            $"{redirect.Port} is not a port; use 1 to 65535");
        findings.Require(
            redirect.Status is 301 or 302 or 303 or 307 or 308, subject, $"{field}.status",
            Reasons.InvalidValue,
            $"{redirect.Status} does not redirect; use 301, 302, 303, 307 or 308");
        ValidateHostname(redirect.Hostname, subject, field);
        Validate(redirect.Path, hasOnlyPrefixes, subject, field);
    }

    private void ValidateHostname(string? hostname, Subject subject, string field) => findings.Require(
        hostname is null || Syntax.IsHostname(hostname), subject, $"{field}.hostname", Reasons.InvalidValue,
        $"\"{hostname}\" is not a lower-case hostname");

    private void Validate(PathChange? change, bool hasOnlyPrefixes, Subject subject, string field)
    {
        if (change is null)
            return;
        bool isPrefix = change.Kind == PathChangeKind.ReplacePrefix;
        findings.Require(
            isPrefix || change.Kind == PathChangeKind.ReplaceFull, subject, $"{field}.path.kind",
            Reasons.InvalidValue, "use replaceFull or replacePrefix");
        findings.Require(
            Syntax.IsPath(change.Value) || (isPrefix && change.Value is ""), subject, $"{field}.path.value",
            Reasons.InvalidValue, $"\"{change.Value}\" is not a path: {Syntax.PathRule}");
        findings.Require(
            !isPrefix || hasOnlyPrefixes, subject, $"{field}.path.kind", Reasons.Conflict,
            "only a prefix can be replaced; give every match of the rule a prefix, or replace the full path");
    }

    private void Validate(HeaderEdits? edits, bool isRequest, Subject subject, string field)
    {
        if (edits is null)
        {
            findings.Add(subject, $"{field}.edits", Reasons.Missing, "is null; remove the filter");
            return;
        }

        Validate(edits.Set.OrEmpty(), maySetHost: isRequest, subject, $"{field}.edits.set");
        Validate(edits.Add.OrEmpty(), maySetHost: false, subject, $"{field}.edits.add");
        ImmutableArray<string> removed = edits.Remove.OrEmpty();
        if (!findings.RequireCount(
            removed.Length, ConfigLimits.EditsPerKind, subject, $"{field}.edits.remove"))
            return;
        for (int i = 0; i < removed.Length; i++)
            CheckName(removed[i], subject, $"{field}.edits.remove[{i}]");
    }

    private void Validate(
        ImmutableArray<HeaderValue> headers, bool maySetHost, Subject subject, string field)
    {
        if (!findings.RequireCount(headers.Length, ConfigLimits.EditsPerKind, subject, field))
            return;
        for (int i = 0; i < headers.Length; i++)
        {
            if (maySetHost && headers[i] is { } header && HeaderNames.IsHost(header.Name ?? ""))
            {
                findings.Require(
                    Syntax.IsAuthority(header.Value), subject, $"{field}[{i}].value", Reasons.InvalidValue,
                    $"\"{header.Value}\" is not a host; use a name or an address, with or without a port");
                continue;
            }

            CheckName(headers[i]?.Name, subject, $"{field}[{i}].name");
            findings.Require(
                Syntax.IsFieldValue(headers[i]?.Value), subject, $"{field}[{i}].value", Reasons.InvalidValue,
                Syntax.FieldValueRule);
        }
    }

    private void CheckName(string? name, Subject subject, string field)
    {
        bool isToken = Syntax.IsToken(name, ConfigLimits.ValueNameBytes);
        findings.Require(
            isToken, subject, field, Reasons.InvalidValue, $"\"{name}\" is not a header name (a token)");
        if (isToken && HeaderNames.IsProtected(name!))
        {
            findings.Warn(subject, field, Reasons.NoEffect,
                $"filters cannot change {name}, which frames a message or belongs to one connection; "
                + "remove the entry");
        }
    }
}
