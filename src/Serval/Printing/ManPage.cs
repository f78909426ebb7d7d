using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Serval.CommandLine.Roles;

namespace Serval.CommandLine.Printing;

/// <summary>A verb as a manual page in the language of man(7).</summary>
internal static class ManPage
{
    /// <summary>A page for the program and one for each verb, by name.</summary>
    public static IEnumerable<(string Name, string Text)> All(RootCommand root)
    {
        yield return ("serval", Write(root, "serval", "serval"));
        foreach (Command verb in root.Subcommands.Where(verb => !verb.Hidden))
        {
            foreach ((string Name, string Text) page in All(verb, "serval"))
                yield return page;
        }
    }

    private static IEnumerable<(string Name, string Text)> All(Command verb, string owner)
    {
        string words = $"{owner} {verb.Name}";
        string name = words.Replace(' ', '-');
        yield return (name, Write(verb, name, words));
        foreach (Command below in verb.Subcommands.Where(below => !below.Hidden))
        {
            foreach ((string Name, string Text) page in All(below, words))
                yield return page;
        }
    }

    private static string Write(Command verb, string name, string words)
    {
        StringBuilder page = new();
        string description = verb.Description ?? "";
        string first = verb is RootCommand
            ? "an edge router configured by Gateway API objects"
            : description.Split('\n')[0].TrimEnd('.');
        string version = RouterRole.Version.Split('+')[0];
        page.Append($".TH {name.ToUpperInvariant().Replace("-", "\\-")} 1 \"\" \"serval {version}\"\n")
            .Append($".SH NAME\n{Plain(name)} \\- {Plain(first)}\n")
            .Append($".SH SYNOPSIS\n.B {Plain(words)}\n{Synopsis(verb)}\n")
            .Append($".SH DESCRIPTION\n.nf\n{Plain(description)}\n.fi\n");
        Argument[] arguments = [.. verb.Arguments.Where(argument => !argument.Hidden)];
        if (arguments.Length > 0)
            page.Append(".SH ARGUMENTS\n");
        foreach (Argument argument in arguments)
            page.Append($".TP\n.I {Plain(argument.Name)}\n{Plain(argument.Description)}\n");
        page.Append(".SH OPTIONS\n");
        foreach (Option option in verb.Options.Where(option => !option.Hidden))
            AddOption(page, option);
        if (verb.Subcommands.Count > 0)
            page.Append(".SH VERBS\n");
        foreach (Command below in verb.Subcommands.Where(below => !below.Hidden))
        {
            page.Append($".TP\n.BR {Plain($"{name}-{below.Name}")} (1)\n")
                .Append($"{Plain(below.Description?.Split('\n')[0])}\n");
        }
        page.Append(".SH EXIT STATUS\n0 done, or the answer is yes. 1 it failed, or the answer is no. ")
            .Append("2 the command line is wrong.\n");
        if (verb is not RootCommand)
            page.Append(".SH SEE ALSO\n.BR serval (1)\n");
        return page.ToString();
    }

    private static void AddOption(StringBuilder page, Option option)
    {
        IEnumerable<string> names = option.Aliases.Where(alias => !alias.StartsWith('/'))
            .Append(option.Name).OrderBy(alias => alias.Length);
        string value = option.HelpName is { Length: > 0 } help ? $" {help}" : "";
        page.Append($".TP\n.B {Plain(string.Join(", ", names) + value)}\n")
            .Append($"{Plain(option.Description + DefaultOf(option))}\n");
    }

    private static string DefaultOf(Option option)
    {
        string text = !option.HasDefaultValue ? "" : option.GetDefaultValue() switch
        {
            string one => one,
            IEnumerable<string> several => string.Join(' ', several),
            null or IEnumerable => "",
            object value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return text.Length == 0 ? "" : $" (default: {text})";
    }

    private static string Synopsis(Command verb)
    {
        string below = verb.Subcommands.Count > 0 ? "VERB " : "";
        string arguments = string.Join(' ', verb.Arguments.Select(argument =>
        {
            string more = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
            return argument.Arity.MinimumNumberOfValues == 0
                ? $"[{argument.Name}]{more}"
                : argument.Name + more;
        }));
        return Plain($"{below}{arguments} [options]".Trim());
    }

    // Hyphens that are typed stay hyphens; a line must not begin like a request of roff.
    private static string Plain(string? text) => string.Join('\n', (text ?? "").Split('\n').Select(line =>
    {
        string escaped = line.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }));
}
