// Writes help from the declarations of verbs and options: required options first, then the others by group, each with its default.
// Long descriptions are wrapped and indented to the column of descriptions.

namespace ForecEngine.Cli.CommandLine;

internal sealed class HelpPage(TextWriter output, int width)
{
    private const int WidestLabel = 30;

    /// <summary>Writes the list of verbs.</summary>
    public void WriteOverview(IReadOnlyList<DeclaredVerb> verbs)
    {
        Paragraph("", "forec trains recommenders for a small market that also learn from larger markets.");
        output.WriteLine();
        output.WriteLine("Usage: forec VERB [options]");
        output.WriteLine();
        output.WriteLine("Verbs:");
        Columns(
        [
            .. verbs.Select(verb => (verb.Name, verb.HelpText)),
            ("help VERB", "Describe a verb and its options, like VERB --help and VERB -h."),
            ("completion SHELL", CompletionScript.HelpText),
        ]);
        output.WriteLine();
        Paragraph("", "Begin with 'forec demo'. 'forec --version' prints the version.");
    }

    /// <summary>Writes the description of a verb and its options.</summary>
    public void WriteVerb(DeclaredVerb verb)
    {
        CommonArguments defaults = verb.Defaults();
        Paragraph("", verb.HelpText);
        output.WriteLine();
        output.WriteLine("Example:");
        Paragraph("  ", $"forec {verb.Example}");
        Section(verb, "Required", verb.Options.Where(option => option.Required), defaults);
        foreach (OptionGroup group in Enum.GetValues<OptionGroup>())
            Section(verb, Title(group), verb.Options.Where(option => option.Group == group && !option.Required), defaults);
    }

    /// <summary>Writes how to load completion scripts.</summary>
    public void WriteCompletion()
    {
        Paragraph("", CompletionScript.HelpText);
        output.WriteLine();
        output.WriteLine("Examples:");
        output.WriteLine("  source <(forec completion bash)");
        output.WriteLine("  source <(forec completion zsh)");
    }

    private static string Title(OptionGroup group) => group switch
    {
        OptionGroup.Input => "Input",
        OptionGroup.SourceChoice => "Choice of sources, with --source auto",
        OptionGroup.MetaLearning => "Meta-learning, for maml, reptile, anil and their forks",
        OptionGroup.Fork => "Fine-tuning of a fork, for the methods with forec",
        OptionGroup.Ddtcdr => "ddtcdr",
        _ => group.ToString(),
    };

    private void Section(DeclaredVerb verb, string title, IEnumerable<DeclaredOption> options, CommonArguments defaults)
    {
        (string, string)[] rows = [.. options.Select(option => ($"--{option.Name} {option.MetaValue}".TrimEnd(), Describe(option)))];
        if (rows.Length == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        Columns(rows);

        string Describe(DeclaredOption option) =>
            option.Default(defaults, verb.Options.Any(other => other.Name == "model")) is { } value
                ? $"{option.HelpText} (default: {value})"
                : option.HelpText;
    }

    private void Columns(IReadOnlyList<(string Label, string Text)> rows)
    {
        int widest = Math.Min(rows.Max(row => row.Label.Length), WidestLabel);
        string indent = new(' ', widest + 4);
        foreach ((string label, string text) in rows)
        {
            string first = $"  {label}".PadRight(widest + 4);
            if (label.Length > widest)
                output.WriteLine(first);
            Paragraph(label.Length > widest ? indent : first, text, indent);
        }
    }

    private void Paragraph(string first, string text, string? indent = null)
    {
        StringBuilder line = new(first);
        bool begun = false;
        foreach (string word in text.Split(' '))
        {
            if (begun && line.Length + 1 + word.Length > width)
            {
                output.WriteLine(line);
                line.Clear().Append(indent ?? $"{first}  ");
                begun = false;
            }

            line.Append(begun ? " " : "").Append(word);
            begun = true;
        }

        output.WriteLine(line);
    }
}
