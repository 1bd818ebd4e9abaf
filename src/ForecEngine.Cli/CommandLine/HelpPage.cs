// Help, rendered from the declarations of verbs and options.

namespace ForecEngine.Cli.CommandLine;

/// <summary>Writes help.</summary>
internal static class HelpPage
{
    /// <summary>What verbs there are.</summary>
    public static void WriteOverview(IReadOnlyList<DeclaredVerb> verbs, TextWriter output)
    {
        output.WriteLine("forec VERB [options]");
        foreach (DeclaredVerb verb in verbs)
            output.WriteLine($"  {verb.Name,-10} {verb.HelpText}");
    }

    /// <summary>What a verb does and which options it has.</summary>
    public static void WriteVerb(DeclaredVerb verb, TextWriter output)
    {
        output.WriteLine(verb.HelpText);
        output.WriteLine($"  forec {verb.Example}");
        foreach (DeclaredOption option in verb.Options)
            output.WriteLine($"  --{option.Name} {option.MetaValue}  {option.HelpText}");
    }
}
