// The options of verbs that write files into a directory.

namespace ForecEngine.Cli.Options;

internal interface IRunOutput
{
    /// <summary>The directory of the files; null for none.</summary>
    [Option("out", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory, HelpText = "Where to write the results.")]
    string? Out { get; }

    /// <summary>Whether to write TREC files too.</summary>
    [Option("trec", OptionGroup.Output, HelpText = "Also write TREC run and qrels files into --out.")]
    bool Trec { get; }

    /// <summary>Whether to replace files of an earlier run.</summary>
    [Option("force", OptionGroup.Output, HelpText = "Replace what an earlier run has left in --out; files that are no run's stay.")]
    bool Force { get; }

    /// <summary>Checks that there is a directory if TREC files are requested.</summary>
    void RequireDirectory()
    {
        if (Trec && Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");
    }

    /// <summary>
    /// Fails, before any training, if TREC files are requested and cannot hold the ids of the target, or if nothing is ranked.
    /// </summary>
    void RequireTrecRanking(ExperimentData data)
    {
        if (!Trec)
            return;
        if (data.Candidates is null && data.Markets[0].NotEvaluated is { } reason)
            throw new DataFormatException($"--trec: there is no ranking to write; {data.Markets[0].Name}: {reason}");
        try
        {
            TrecFile.Check(data.Markets[0], data.Candidates ?? []);
        }
        catch (DataFormatException exception)
        {
            throw new DataFormatException($"{exception.Message}; without --trec it does no harm", exception);
        }
    }

    /// <summary>
    /// Locks the directory for this run and checks that it can be written; null for no directory.
    /// </summary>
    RunDirectory? OpenDirectory(Terminal terminal, IReadOnlyList<string>? only = null)
    {
        if (Out is not null)
            return OutDirectory.Open(Out, terminal, only);
        return Force ? throw new CommandLineException("--force: what it replaces is in --out, which is missing") : null;
    }

    /// <summary>Fails if files of an earlier run would be replaced without --force.</summary>
    void RequireFree(RunDirectory? directory, string otherwise = "")
    {
        if (directory is not null)
            OutDirectory.RequireFree(directory, Out, Force, otherwise);
    }
}
