using System.CommandLine;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval completion SHELL</c>: a script that completes words of the command line. It asks the program for
/// them, so that it never knows other options than the program. Options are offered for a word that begins
/// like one, and files where the program knows no word.
/// </summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # serval completion for bash; put it into /usr/share/bash-completion/completions/serval
        _serval() {
          local words word="${COMP_WORDS[COMP_CWORD]}"
          words=$(serval "[suggest:$((COMP_POINT - ${#COMP_WORDS[0]} - 1))]" \
            "${COMP_LINE:$((${#COMP_WORDS[0]} + 1))}" 2>/dev/null | grep -vE '^(/|-[?]$|True$|False$)')
          [[ $word == -* ]] || words=$(grep -v '^-' <<< "$words")
          COMPREPLY=($(compgen -W "$words" -- "$word"))
        }
        complete -o default -F _serval serval
        """;

    private const string Zsh = """
        #compdef serval
        # serval completion for zsh; put it into a folder of $fpath as _serval
        _serval() {
          local -a found
          local line="${LBUFFER#* }"
          found=(${(f)"$(serval "[suggest:${#line}]" "$line" 2>/dev/null |
            grep -vE '^(/|-[?]$|True$|False$)')"})
          [[ $PREFIX == -* ]] || found=(${found:#-*})
          compadd -a found || _files
        }
        compdef _serval serval
        """;

    private const string Fish = """
        # serval completion for fish; put it into ~/.config/fish/completions/serval.fish
        function __serval_words
          set -l line (string replace -r '^\S+\s' '' -- (commandline -cp))
          set -l word (commandline -ct)
          set -l unwanted '^($|/|-\?$|True$|False$)'
          string match -q -- '-*' "$word"; or set unwanted '^($|/|-|True$|False$)'
          serval "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null |
            string match -v -r -- $unwanted
        end
        complete -c serval -a '(__serval_words)'
        complete -c serval -f -n 'count (__serval_words) >/dev/null'
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command verb = new("completion", "Print a script that completes words in a shell") { shell };
        verb.SetAction(parsed =>
        {
            Console.Out.Write(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            } + "\n");
            return ExitCodes.Done;
        });
        return verb;
    }
}
