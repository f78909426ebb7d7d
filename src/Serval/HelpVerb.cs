using System.CommandLine;

namespace Serval.CommandLine;

/// <summary><c>serval help [VERB…]</c>: the same as <c>serval VERB --help</c>.</summary>
internal static class HelpVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string[]> verbs = new("VERB")
        {
            Description = "Such as run, or vpp acls",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command verb = new("help", "Show help for a verb") { verbs };
        verb.SetAction(parsed =>
        {
            string[] words = [.. parsed.GetValue(verbs)!, "--help"];
            RootCommand root = Verbs.Root(words is ["--help"] ? [] : ["help"]);
            Command? named = root;
            foreach (string word in words[..^1])
                named = named?.Subcommands.FirstOrDefault(known => known.Name == word);
            return named is null
                ? UsageError.Say(parsed, UsageError.NoSuchVerb(root, string.Join(' ', words[..^1])))
                : root.Parse(words).Invoke();
        });
        return verb;
    }
}
