using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// What a route's own content decides, before any parent is asked. A problem refuses the rule that has it;
/// the route is refused when every rule is.
/// </summary>
internal sealed class RouteVerdicts(FindingList findings)
{
    // The message of the condition has to begin so (Gateway API, RouteConditionPartiallyInvalid).
    private const string DroppedRule = "Dropped Rule";
    private readonly List<int> _refused = [];
    private Verdict? _refusal;
    private int _rules;
    private bool _isRuleRefused;

    /// <summary>False when no rule can be served; the first problem gives the reason.</summary>
    public Verdict Accepted => _refusal is not null && _refused.Count == _rules
        ? _refusal
        : Verdict.Yes(Reason.Accepted, "The route is accepted.");

    /// <summary>True when some rules are refused and others are served; null else.</summary>
    public Verdict? PartiallyInvalid => _refusal is not null && _refused.Count < _rules
        ? Verdict.Yes(Reason.UnsupportedValue,
            $"{DroppedRule}{(_refused.Count > 1 ? "s" : "")} {string.Join(", ", _refused)}: "
            + $"requests that match are answered with 500. {_refusal.Message}")
        : null;

    /// <summary>False when a reference does not resolve; its share of requests answers 500.</summary>
    public Verdict ResolvedRefs { get; private set; } =
        Verdict.Yes(Reason.ResolvedRefs, "All references are resolved.");

    /// <summary>Begins the next rule.</summary>
    public void BeginRule() => _isRuleRefused = false;

    /// <summary>Ends the rule; true when it can be served.</summary>
    public bool EndRule()
    {
        if (_isRuleRefused)
            _refused.Add(_rules);
        _rules++;
        return !_isRuleRefused;
    }

    /// <summary>Refuses the rule.</summary>
    public void Refuse(string field, string reason, string message)
    {
        findings.Error(field, reason, message);
        _isRuleRefused = true;
        _refusal ??= Verdict.No(reason, $"{field}: {message}");
    }

    public void Unresolved(string field, string reason, string message)
    {
        findings.Error(field, reason, message);
        if (ResolvedRefs.IsTrue)
            ResolvedRefs = Verdict.No(reason, $"{field}: {message}");
    }

    public void Warn(string field, string reason, string message) => findings.Warning(field, reason, message);
}
