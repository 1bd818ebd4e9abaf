// Generates scripts for completion of verbs, options and values in a shell, from the declarations of verbs and options.

namespace ForecEngine.Cli.CommandLine;

internal static class CompletionScript
{
    /// <summary>A sentence on the scripts for the help pages.</summary>
    public const string HelpText = "Print a script that lets a shell, bash or zsh, complete verbs, options and values.";

    private static readonly string[] s_shells = ["bash", "zsh"];

    /// <summary>The script for a shell.</summary>
    public static string For(string shell, IReadOnlyList<DeclaredVerb> verbs) => shell switch
    {
        "bash" => Bash(verbs),
        "zsh" => Zsh(verbs),
        _ => throw new CommandLineException($"completion: '{shell}' is not one of {string.Join(", ", s_shells)}"),
    };

    // bash splits --name=value into three words, because = is in COMP_WORDBREAKS.
    private static string Bash(IReadOnlyList<DeclaredVerb> verbs)
    {
        StringBuilder script = new();
        string names = string.Join(' ', OneWord(verbs).Select(verb => verb.Name));
        Line(script, $$"""
            _forec() {
              local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
              if [ "$cur" = "=" ]; then cur=""; elif [ "$option" = "=" ]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi
              COMPREPLY=()
              if [ "$COMP_CWORD" -eq 1 ]; then
                COMPREPLY=($(compgen -W "{{names}} help completion --help --version" -- "$cur"))
                return
              fi
              if [ "$COMP_CWORD" -gt 2 ]; then
                case "$verb ${COMP_WORDS[2]}" in {{Parts(verbs)}}) verb="$verb ${COMP_WORDS[2]}" ;; esac
              fi
              case "$verb $option" in
                "help help") COMPREPLY=($(compgen -W "{{names}} completion" -- "$cur")); return ;;
                "completion completion") COMPREPLY=($(compgen -W "{{string.Join(' ', s_shells)}}" -- "$cur")); return ;;
            """);
        foreach (DeclaredVerb verb in verbs)
        {
            foreach (DeclaredOption option in verb.Options.Where(option => !option.IsSwitch))
                Line(script, $"    \"{verb.Name} --{option.Name}\") {BashValues(option)}return ;;");
        }

        Line(script, "  esac\n  case \"$verb\" in");
        foreach (DeclaredVerb verb in verbs)
        {
            string options = string.Join(' ', [.. PartsOf(verb, verbs), .. verb.Options.Select(option => $"--{option.Name}")]);
            Line(script, $"    \"{verb.Name}\") COMPREPLY=($(compgen -W \"{options} --help\" -- \"$cur\")) ;;");
        }

        Line(script, "  esac\n}\ncomplete -F _forec forec");
        return script.ToString();
    }

    private static IEnumerable<DeclaredVerb> OneWord(IReadOnlyList<DeclaredVerb> verbs) => verbs.Where(verb => !verb.Name.Contains(' '));

    // The names of two words as a pattern of a shell.
    private static string Parts(IReadOnlyList<DeclaredVerb> verbs) =>
        string.Join('|', verbs.Except(OneWord(verbs)).Select(verb => $"\"{verb.Name}\""));

    // The second words of the verbs that begin with a verb's name.
    private static IEnumerable<string> PartsOf(DeclaredVerb verb, IReadOnlyList<DeclaredVerb> verbs) =>
        verbs.Where(other => other.Name.StartsWith($"{verb.Name} ", StringComparison.Ordinal)).Select(other => other.Name.Split(' ')[1]);

    private static string BashValues(DeclaredOption option) => option.Kind switch
    {
        ValueKind.File => "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\")); ",
        ValueKind.Directory => "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$cur\")); ",
        _ when option.Values.Count > 0 => $"COMPREPLY=($(compgen -W \"{string.Join(' ', option.Values)}\" -- \"$cur\")); ",
        _ => "",
    };

    private static string Zsh(IReadOnlyList<DeclaredVerb> verbs)
    {
        StringBuilder script = new();
        Line(script, "#compdef forec\n_forec() {\n  local -a verbs\n  verbs=(");
        foreach (DeclaredVerb verb in OneWord(verbs))
            Line(script, $"    '{verb.Name}:{Quoted(verb.HelpText)}'");
        Line(script, $$"""
                'help:{{Quoted("Describe a verb and its options.")}}'
                'completion:{{Quoted(HelpText)}}'
              )
              if (( CURRENT == 2 )); then _describe verb verbs; return; fi
              local verb=$words[2]
              shift words
              (( CURRENT-- ))
              if (( CURRENT > 2 )); then
                case "$verb $words[2]" in {{Parts(verbs)}}) verb="$verb $words[2]"; shift words; (( CURRENT-- )) ;; esac
              fi
              case $verb in
                help) _describe verb verbs ;;
                completion) _values shell {{string.Join(' ', s_shells)}} ;;
            """);
        foreach (DeclaredVerb verb in verbs)
        {
            string specs = string.Join(" \\\n      ", verb.Options.Select(ZshOption));
            string parts = string.Join(' ', PartsOf(verb, verbs));
            string first = parts.Length > 0 ? $" \\\n      '1:part:({parts})'" : "";
            Line(script, $"    \"{verb.Name}\") _arguments \\\n      {specs}{first} ;;");
        }

        Line(script, "  esac\n}\ncompdef _forec forec");
        return script.ToString();
    }

    private static string ZshOption(DeclaredOption option)
    {
        string value = option.IsSwitch ? "" : $":{Quoted(option.MetaValue)}:{ZshValues(option)}";
        return $"'{(option.IsList ? "*" : "")}--{option.Name}{(option.IsSwitch ? "" : "=")}[{Quoted(option.HelpText)}]{value}'";
    }

    private static string ZshValues(DeclaredOption option) => option.Kind switch
    {
        ValueKind.File => "_files",
        ValueKind.Directory => "_files -/",
        _ when option.Values.Count > 0 => $"({string.Join(' ', option.Values)})",
        _ => " ",
    };

    // Escapes text within single quotes and within the brackets and colons of a zsh specification.
    private static string Quoted(string text) => text
        .Replace("'", "'\\''", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)
        .Replace(":", "\\:", StringComparison.Ordinal);

    private static void Line(StringBuilder script, string line) => script.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
