// Reads a verb's arguments: --name VALUE or --name=VALUE, switches without a value. Nothing is guessed: an unknown option, a
// missing or empty value, an option given twice and an argument that belongs to no option are refused, each by its name.

using ForecEngine.Cli.Options;

namespace ForecEngine.Cli.CommandLine;

/// <summary>Reads the arguments of a verb.</summary>
internal static class ArgumentParser
{
    /// <summary>Reads the arguments of a verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="words">What follows it on the command line.</param>
    /// <exception cref="CommandLineException">The verb does not take them.</exception>
    public static CommonArguments Parse(DeclaredVerb verb, IReadOnlyList<string> words)
    {
        CommonArguments arguments = verb.Defaults();
        HashSet<DeclaredOption> given = [];
        DeclaredOption? last = null;
        for (int i = 0; i < words.Count; i++)
        {
            string[] parts = words[i].Split('=', 2);
            if (!words[i].StartsWith('-') || words[i] == "-")
                throw Unexpected(words[i], last);
            DeclaredOption option = verb.Options.FirstOrDefault(option => parts[0] == $"--{option.Name}") ?? throw Unknown(verb, parts[0]);
            if (!given.Add(option) && !option.IsList)
                throw new CommandLineException($"--{option.Name} is given twice");
            if (option.IsSwitch && parts.Length > 1)
                throw new CommandLineException($"--{option.Name} takes no value, got '{parts[1]}'");
            option.Set(arguments, option.IsSwitch ? "" : parts.Length > 1 ? Value(option, parts[1]) : Value(option, words, ++i));
            last = option;
        }

        arguments.Given = given;
        return verb.Options.FirstOrDefault(option => option.Required && !given.Contains(option)) is { } missing
            ? throw new CommandLineException($"--{missing.Name} {missing.MetaValue} is missing; see 'forec {verb.Name} --help'")
            : arguments;
    }

    // What begins with two hyphens is the next option; --name=--VALUE gives such a value.
    private static string Value(DeclaredOption option, IReadOnlyList<string> words, int place) =>
        place < words.Count && !words[place].StartsWith("--", StringComparison.Ordinal)
            ? Value(option, words[place])
            : throw new CommandLineException($"--{option.Name} needs a value: --{option.Name} {option.MetaValue}");

    private static string Value(DeclaredOption option, string value) => string.IsNullOrWhiteSpace(value)
        ? throw new CommandLineException($"--{option.Name}: its value is empty")
        : value;

    private static CommandLineException Unexpected(string word, DeclaredOption? last) => new(last switch
    {
        { IsSwitch: true } => $"unexpected argument '{word}': --{last.Name} takes no value",
        { IsList: true } => $"unexpected argument '{word}'; several values are separated by commas: --{last.Name} A,B",
        _ => $"unexpected argument '{word}'",
    });

    private static CommandLineException Unknown(DeclaredVerb verb, string name) => new(
        $"{verb.Name} has no option {name}"
        + $"{Nearest.Question(name, verb.Options.Select(option => $"--{option.Name}"))}; see 'forec {verb.Name} --help'");
}
