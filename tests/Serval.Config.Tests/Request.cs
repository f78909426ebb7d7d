using System.Text;
using Serval.Config.Compiling;

namespace Serval.Config.Tests;

/// <summary>A request in text, and the lookups that tests make with it.</summary>
internal sealed record Request(string Host, string Path)
{
    public string Method { get; init; } = "GET";

    public string Query { get; init; } = "";

    public (string Name, string Value)[] Headers { get; init; } = [];

    public RouteHit Find(CompiledSnapshot compiled, int group = 0)
    {
        TextHeaders headers = new(Headers);
        RequestTarget target = Target();
        return compiled.Match(compiled.FindListener(group, target.Host), target, ref headers);
    }

    public RouteExplanation Explain(CompiledSnapshot compiled, int group = 0)
    {
        TextHeaders headers = new(Headers);
        return compiled.Explain(group, Target(), ref headers);
    }

    /// <summary>Name of the route and index of the rule, or the empty name.</summary>
    public (string Route, int Rule) FindRule(CompiledSnapshot compiled, int group = 0)
    {
        RouteHit hit = Find(compiled, group);
        if (hit.RuleId < 0)
            return ("", -1);
        CompiledRule rule = compiled.Rule(hit.RuleId);
        return (compiled.Source.Routes[rule.RouteIndex].Name, rule.RuleIndex);
    }

    public override string ToString() =>
        $"{Method} {Host} {Path} ?{Query} {string.Join("; ", Headers.Select(h => $"{h.Name}: {h.Value}"))}";

    private RequestTarget Target() => new()
    {
        Host = Encoding.Latin1.GetBytes(Host),
        Method = Encoding.Latin1.GetBytes(Method),
        Path = Encoding.Latin1.GetBytes(Path),
        Query = Encoding.Latin1.GetBytes(Query),
    };
}
