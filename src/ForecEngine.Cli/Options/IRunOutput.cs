// The options of verbs that write files into a directory.

namespace ForecEngine.Cli.Options;

internal interface IRunOutput
{
    /// <summary>The directory of the files; null for none.</summary>
    [Option("out", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory, HelpText = "The folder to write the results to.")]
    string? Out { get; }

    /// <summary>Whether to write TREC files too.</summary>
    [Option("trec", OptionGroup.Output, HelpText = "Also write TREC run and qrels files into --out.")]
    bool Trec { get; }

    /// <summary>Whether to write the sampled candidates too.</summary>
    [Option("save-candidates", OptionGroup.Output,
        HelpText = "Also write the sampled candidates and their judgements into --out, for --test-candidates and --valid-candidates.")]
    bool SaveCandidates { get; }

    /// <summary>Whether to replace files of an earlier run.</summary>
    [Option("force", OptionGroup.Output, HelpText = "Replace the files of an earlier run in --out; other files stay.")]
    bool Force { get; }

    /// <summary>Checks that there is a directory if files are requested that go into it.</summary>
    void RequireDirectory()
    {
        if (SaveCandidates && Out is null)
            throw new CommandLineException("--save-candidates: the files go into --out, which is missing");
        if (Trec && Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");
    }

    /// <summary>
    /// Fails before training if files of rankings are requested, but their format cannot contain the target's ids or nothing is ranked.
    /// </summary>
    void RequireWritable(ExperimentData data)
    {
        string? option = Trec ? "--trec" : SaveCandidates ? "--save-candidates" : null;
        if (option is not null && data.Candidates is null && data.Markets[0].NotEvaluated is { } reason)
            throw new DataFormatException($"{option}: there is no ranking to write; {data.Markets[0].Name}: {reason}");
        if (SaveCandidates && (data.Candidates is not null || data.Protocol.CandidatesFrom == CandidatesFrom.All))
            throw new CommandLineException("--save-candidates has no effect: no candidates are sampled");
        if (SaveCandidates)
            CandidateFile.Check(data.Markets[0]);
        if (!Trec)
            return;
        try
        {
            TrecFile.Check(data.Markets[0], data.Candidates ?? []);
        }
        catch (DataFormatException exception)
        {
            throw new DataFormatException($"{exception.Message}; without --trec it is allowed", exception);
        }
    }

    /// <summary>Locks the directory for this run and checks that it can be written; null for no directory.</summary>
    RunDirectory? OpenDirectory(Terminal terminal, IReadOnlyList<string>? only = null)
    {
        if (Out is not null)
            return OutDirectory.Open(Out, terminal, only);
        return Force ? throw new CommandLineException("--force needs --out, whose files it replaces") : null;
    }

    /// <summary>Fails if files of an earlier run would be replaced without --force.</summary>
    void RequireFree(RunDirectory? directory, string otherwise = "")
    {
        if (directory is not null)
            OutDirectory.RequireFree(directory, Out, Force, otherwise);
    }
}
