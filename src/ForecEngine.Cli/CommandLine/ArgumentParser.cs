// Parses a verb's arguments by System.CommandLine: --name VALUE or --name=VALUE, and switches without a value. Unknown options, missing
// or empty values, options given twice and arguments that belong to no option are errors that name the option. The
// library accepts some of these silently; the comments below say which.

using System.CommandLine;
using System.CommandLine.Parsing;

namespace ForecEngine.Cli.CommandLine;

internal static class ArgumentParser
{
    private static readonly ParserConfiguration s_asWritten = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Reads the arguments of a verb.</summary>
    public static CommonArguments Parse(DeclaredVerb verb, IReadOnlyList<string> words)
    {
        if (verb.First is { } first)
            words = WithFirst(verb, first, words);
        RequireOptions(verb, words);
        string name = verb.Name.Replace(' ', '-'); // the library refuses a space
        Command command = new(name);
        foreach (DeclaredOption option in verb.Options)
            command.Options.Add(Declare(option));

        // The library silently accepts directives such as [parse] as the first word, so the first word here is the verb's name.
        ParseResult line = new Command("forec") { command }.Parse([name, .. words], s_asWritten);
        if (line.UnmatchedTokens is [var unmatched, ..])
            throw Unmatched(verb, unmatched, line.Tokens);
        CommonArguments arguments = verb.Defaults();
        List<DeclaredOption> given = [];
        foreach (DeclaredOption option in verb.Options)
        {
            if (line.GetResult($"--{option.Name}") is not OptionResult { IdentifierTokenCount: > 0 } result)
                continue;
            RequireValues(option, result);
            option.Set(arguments, [.. result.Tokens.Select(token => token.Value)]);
            given.Add(option);
        }

        arguments.Given = given;
        return line.Errors is [{ SymbolResult: OptionResult { Option: var missing } }, ..]
            ? throw new CommandLineException($"{missing.Name} {missing.HelpName} is missing; see 'forec {verb.Name} --help'")
            : arguments;
    }

    // The first word, or for a list all words before the first option, get the name of their option.
    private static string[] WithFirst(DeclaredVerb verb, string first, IReadOnlyList<string> words)
    {
        int most = Find(verb, $"--{first}") is { IsList: true } ? words.Count : 1;
        string[] unnamed = [.. words.Take(most).TakeWhile(word => word is not ['-', ..])];
        return [.. unnamed.SelectMany(word => (string[])[$"--{first}", word]), .. words.Skip(unnamed.Length)];
    }

    // For an option whose value is required, the library takes any next word, so that '--out --trec' would name a directory --trec.
    // With an optional value it recognises --trec as an option, and RequireValues reports the missing value.
    private static Option Declare(DeclaredOption option)
    {
        Option declared = option switch
        {
            { IsSwitch: true } => new Option<bool>($"--{option.Name}") { Arity = ArgumentArity.Zero },
            { IsList: true } => new Option<string[]>($"--{option.Name}") { Arity = ArgumentArity.ZeroOrMore },
            _ => new Option<string>($"--{option.Name}") { Arity = ArgumentArity.ZeroOrOne },
        };
        (declared.Required, declared.HelpName) = (option.Required, option.MetaValue);
        return declared;
    }

    // The library reads an unknown --typo as the value of the option before it, and in '--name= next' the next word as the value.
    private static void RequireOptions(DeclaredVerb verb, IReadOnlyList<string> words)
    {
        foreach (string[] parts in words.Where(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=', 2)))
        {
            DeclaredOption option = Find(verb, parts[0]) ?? throw Unknown(verb, parts[0]);
            if (parts is [_, var value] && option.IsSwitch)
                throw new CommandLineException($"{parts[0]} takes no value, got '{value}'");
            if (parts is [_, ""])
                throw Empty(option);
        }
    }

    private static void RequireValues(DeclaredOption option, OptionResult result)
    {
        if (result.IdentifierTokenCount > 1 && !option.IsList)
            throw new CommandLineException($"--{option.Name} is given twice");
        if (result.Tokens.Count < result.IdentifierTokenCount && !option.IsSwitch)
            throw new CommandLineException($"--{option.Name} needs a value: --{option.Name} {option.MetaValue}");
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            throw Empty(option);
    }

    private static CommandLineException Empty(DeclaredOption option) => new($"--{option.Name}: the value is empty");

    private static CommandLineException Unmatched(DeclaredVerb verb, string word, IReadOnlyList<Token> line)
    {
        if (word is ['-', _, ..])
            return Unknown(verb, word.Split('=')[0]);
        // The same word may also occur as an option's value. The unexpected one does not follow an option with a value.
        DeclaredOption?[] options = [.. line.Select(token => token.Type == TokenType.Option ? Find(verb, token.Value) : null)];
        int place = Enumerable.Range(1, line.Count - 1).First(i => line[i].Value == word && options[i - 1] is not { IsSwitch: false });
        DeclaredOption? last = options[..place].LastOrDefault(option => option is not null);
        return new($"unexpected argument '{word}'" + last switch
        {
            { IsSwitch: true } => $": --{last.Name} takes no value",
            { IsList: true } => $"; several values are separated by commas: --{last.Name} A,B",
            _ => "",
        });
    }

    private static DeclaredOption? Find(DeclaredVerb verb, string name) =>
        verb.Options.FirstOrDefault(option => name == $"--{option.Name}");

    private static CommandLineException Unknown(DeclaredVerb verb, string name) => new(
        $"{verb.Name} has no option {name}"
        + $"{Nearest.Question(name, verb.Options.Select(option => $"--{option.Name}"))}; see 'forec {verb.Name} --help'");
}
