using System.Collections.Immutable;
using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks the predicates of a match.</summary>
internal sealed class MatchValidator(FindingList findings, PatternSet patterns)
{
    /// <summary>Checks one match of a rule.</summary>
    public void Validate(Match? match, Subject subject, string rule, int index)
    {
        if (match is null)
        {
            findings.Add(subject, $"{rule}.matches[{index}]", Reasons.Missing, "is null; remove it");
            return;
        }

        if (match.Path is not null)
            Validate(match.Path, subject, rule, index);
        if (match.Method is not null && !Syntax.IsToken(match.Method, ConfigLimits.MethodBytes))
        {
            findings.Add(
                subject, $"{rule}.matches[{index}].method", Reasons.InvalidValue,
                $"\"{match.Method}\" is not a method: a token of 1 to {ConfigLimits.MethodBytes} bytes");
        }

        if (!match.Headers.IsDefaultOrEmpty)
            Validate(match.Headers, true, ConfigLimits.HeadersPerMatch, subject,
                $"{rule}.matches[{index}].headers");
        if (!match.Query.IsDefaultOrEmpty)
            Validate(match.Query, false, ConfigLimits.QueryPerMatch, subject,
                $"{rule}.matches[{index}].query");
    }

    private void Validate(PathMatch path, Subject subject, string rule, int index)
    {
        if (path.Kind == PathMatchKind.Regex)
        {
            ValidatePattern(path.Value, subject, $"{rule}.matches[{index}].path.value");
            return;
        }

        findings.Require(
            path.Kind is PathMatchKind.Exact or PathMatchKind.Prefix, subject,
            $"{rule}.matches[{index}].path.kind", Reasons.InvalidValue, "use exact, prefix or regex");
        if (!Syntax.IsPath(path.Value))
        {
            findings.Add(
                subject, $"{rule}.matches[{index}].path.value", Reasons.InvalidValue,
                $"\"{path.Value}\" is not a path: {Syntax.PathRule}");
        }
        else if (path.Kind == PathMatchKind.Prefix
            && PathElements.NormalizePrefix(path.Value).Count('/') > ConfigLimits.PrefixElements)
        {
            findings.Add(
                subject, $"{rule}.matches[{index}].path.value", Reasons.TooMany,
                $"has more than {ConfigLimits.PrefixElements} elements; shorten it");
        }
    }

    private void Validate(
        ImmutableArray<ValueMatch> values, bool isHeader, int limit, Subject subject, string field)
    {
        if (!findings.RequireCount(values.Length, limit, subject, field))
            return;
        HashSet<string> names = new(isHeader ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        for (int i = 0; i < values.Length; i++)
        {
            ValueMatch? value = values[i];
            string item = $"{field}[{i}]";
            if (value?.Name is null)
            {
                findings.Add(subject, item, Reasons.Missing, "has no name; remove it");
                continue;
            }

            bool isName = isHeader
                ? Syntax.IsToken(value.Name, ConfigLimits.ValueNameBytes)
                : Syntax.IsPrintable(value.Name, ConfigLimits.ValueNameBytes);
            findings.Require(
                isName, subject, $"{item}.name", Reasons.InvalidValue,
                isHeader ? $"\"{value.Name}\" is not a header name (a token)" : "give it a printable name");
            findings.Require(
                names.Add(value.Name), subject, $"{item}.name", Reasons.Duplicate,
                $"\"{value.Name}\" is there twice; remove one");
            if (value.IsRegex)
                ValidatePattern(value.Value, subject, $"{item}.value");
            else
                ValidateValue(value.Value, isHeader, subject, $"{item}.value");
        }
    }

    private void ValidateValue(string? value, bool isHeader, Subject subject, string field)
    {
        bool isValue = isHeader
            ? Syntax.IsFieldValue(value)
            : value is not null && Encoding.UTF8.GetByteCount(value) <= ConfigLimits.ValueBytes;
        findings.Require(
            isValue, subject, field, Reasons.InvalidValue,
            isHeader
                ? Syntax.FieldValueRule
                : $"give it a value of at most {ConfigLimits.ValueBytes} bytes");
    }

    private void ValidatePattern(string? pattern, Subject subject, string field)
    {
        string? problem = "it is missing";
        if (pattern is null || patterns.TryAdd(pattern, out problem) < 0)
        {
            findings.Add(
                subject, field, Reasons.InvalidRegex,
                $"cannot be used as a regular expression: {problem}; use no back-references or look-arounds");
        }
    }
}
