using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Serval.Common;

namespace Serval.CommandLine;

/// <summary>
/// What is wrong with a command line, in one line, and where help is. The library would print every error
/// that follows from the first, names of .NET types, and the whole help.
/// </summary>
internal static class UsageError
{
    // Words of other programs for what Serval does under another name.
    private static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["check"] = "serval validate does that",
        ["lint"] = "serval validate does that",
        ["serve"] = "serval run does that",
        ["start"] = "serval run does that",
        ["top"] = "serval status --watch does that",
        ["watch"] = "serval status --watch does that",
        ["diff"] = "serval config diff does that",
        ["reload"] = "SIGHUP or POST /reload of the admin API does that",
        ["findings"] = "serval status lists them",
        ["metrics"] = "GET /metrics of the admin API has them",
        ["logs"] = "serval run --access-log FILE writes the access log",
        ["accesslog"] = "serval run --access-log FILE writes the access log",
    };

    /// <summary>Says what is wrong; null when the command line makes sense.</summary>
    public static string? Find(ParseResult parsed)
    {
        bool isFaulty = parsed.Action is ParseErrorAction;
        // Help, the version and completions are answered whatever else the line says.
        if (!isFaulty && parsed.Action != parsed.CommandResult.Command.Action)
            return null;
        return FindUnknownOption(parsed) ?? (isFaulty ? Describe(parsed) : null);
    }

    /// <summary>Prints it with a hint. Returns the exit code.</summary>
    public static int Say(ParseResult parsed, string fault)
    {
        string verb = NameOf(parsed.CommandResult);
        Console.Error.WriteLine($"{verb}: {fault}");
        Console.Error.WriteLine($"Try '{verb} --help'.");
        return ExitCodes.Usage;
    }

    /// <summary>That a verb has no such verb below it.</summary>
    public static string NoSuchVerb(Command owner, string word) =>
        owner is RootCommand && Otherwise.TryGetValue(word, out string? hint)
            ? $"there is no verb {word}; {hint}"
            : $"there is no verb {word}"
                + DidYouMean(owner.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name), word);

    // The parser takes an option that it does not know for an argument.
    private static string? FindUnknownOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            return null;
        IEnumerable<string> words = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(result => result.Tokens).Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens);
        string? unknown = words.FirstOrDefault(word => word.Length > 1 && word[0] == '-');
        if (unknown is null)
            return null;
        string name = unknown.Split('=')[0];
        return $"there is no option {name}{DidYouMean(OptionsOf(parsed.CommandResult), name)}";
    }

    private static string Describe(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [{ } word, ..]
            && parsed.CommandResult.Command is { Subcommands.Count: > 0 } owner)
        {
            return NoSuchVerb(owner, word);
        }

        ParseError error = parsed.Errors[0];
        string message = string.Join(' ', error.Message.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option when message.Contains("missing", StringComparison.Ordinal)
                => $"{option.Option.Name} needs a value: {option.Option.HelpName ?? "VALUE"}",
            OptionResult option when IsOfLibrary(message)
                => Describe(option.Option.Name, option.Tokens, ExpectedBy(option.Option.ValueType, message)),
            ArgumentResult { Parent: OptionResult option } when IsOfLibrary(message)
                => Describe(option.Option.Name, option.Tokens, ExpectedBy(option.Option.ValueType, message)),
            ArgumentResult argument when IsOfLibrary(message)
                => Describe(
                    argument.Argument.Name, argument.Tokens,
                    ExpectedBy(argument.Argument.ValueType, message)),
            ArgumentResult argument when message.Contains("missing", StringComparison.Ordinal)
                => $"{argument.Argument.Name} is missing",
            CommandResult command when message.Contains("missing", StringComparison.Ordinal)
                => $"{FirstMissing(command)} is missing",
            _ when parsed.UnmatchedTokens is [{ } extra, ..] => $"{extra} is one argument too many",
            CommandResult { Command.Subcommands.Count: > 0 } command when IsOfLibrary(message)
                || message.StartsWith("Required command", StringComparison.Ordinal)
                => "say what to do: " + string.Join(", ", command.Command.Subcommands.Select(v => v.Name)),
            _ => message,
        };
    }

    private static bool IsOfLibrary(string message) =>
        message.Contains("as expected type", StringComparison.Ordinal)
        || message.Contains("Must be one of", StringComparison.Ordinal);

    private static string Describe(string option, IReadOnlyList<Token> tokens, string expected) =>
        $"{option}: {(tokens.Count > 0 ? tokens[^1].Value : "")} is not {expected}";

    private static string ExpectedBy(Type type, string message)
    {
        const string Among = "Must be one of: ";
        int among = message.IndexOf(Among, StringComparison.Ordinal);
        if (among >= 0)
        {
            return "one of "
                + message[(among + Among.Length)..].Replace("'", "", StringComparison.Ordinal)
                    .Replace(" ", ", ", StringComparison.Ordinal);
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(bool) ? "true or false"
            : type == typeof(ushort) ? "a whole number up to 65535"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : "a value that fits";
    }

    private static string FirstMissing(CommandResult command) =>
        command.Command.Arguments.FirstOrDefault(argument =>
            argument.Arity.MinimumNumberOfValues > 0
            && command.GetResult(argument) is not { Tokens.Count: > 0 })?.Name ?? "an argument";

    private static IEnumerable<string> OptionsOf(CommandResult? command)
    {
        for (; command is not null; command = command.Parent as CommandResult)
        {
            foreach (Option option in command.Command.Options)
            {
                if (!option.Hidden)
                    yield return option.Name;
            }
        }
    }

    private static string DidYouMean(IEnumerable<string> known, string written) =>
        Spelling.FindNearest(known, written) is { } near ? $"; did you mean {near}?" : "";

    private static string NameOf(CommandResult command) => command.Parent is CommandResult parent
        ? $"{NameOf(parent)} {command.Command.Name}"
        : "serval";
}
