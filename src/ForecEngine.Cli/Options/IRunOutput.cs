// The options of a verb that leaves files in a directory.

namespace ForecEngine.Cli.Options;

internal interface IRunOutput
{
    /// <summary>Where the files go; null for nowhere.</summary>
    [Option("out", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory, HelpText = "Where to write the results.")]
    string? Out { get; }

    /// <summary>Whether TREC files are among them.</summary>
    [Option("trec", OptionGroup.Output, HelpText = "Also write TREC run and qrels files into --out.")]
    bool Trec { get; }

    /// <summary>Whether files of an earlier run are replaced.</summary>
    [Option("force", OptionGroup.Output, HelpText = "Replace what an earlier run has left in --out; files that are no run's stay.")]
    bool Force { get; }

    /// <summary>Holds the command line to a directory where TREC files are asked for.</summary>
    /// <exception cref="CommandLineException">There is none.</exception>
    void RequireDirectory()
    {
        if (Trec && Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");
    }

    /// <summary>
    /// Fails before the work rather than after it, if TREC files are asked for that cannot hold the target's ids, or nothing is ranked.
    /// </summary>
    /// <exception cref="DataFormatException">It is so.</exception>
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
    /// The directory, taken for this run and found writable now rather than when there is something to write; null for none.
    /// </summary>
    /// <param name="terminal">Whose interruption gives it back.</param>
    /// <param name="only">The files that will be written; null for those of a whole run.</param>
    /// <exception cref="IOException">It cannot be written, or another run has it.</exception>
    RunDirectory? OpenDirectory(Terminal terminal, IReadOnlyList<string>? only = null)
    {
        if (Out is not null)
            return OutDirectory.Open(Out, terminal, only);
        return Force ? throw new CommandLineException("--force: what it replaces is in --out, which is missing") : null;
    }

    /// <summary>Fails if files of an earlier run would be replaced without --force.</summary>
    /// <param name="directory">The directory, or null for none.</param>
    /// <param name="otherwise">What else than --force may be wanted, beginning with a comma.</param>
    /// <exception cref="IOException">They would.</exception>
    void RequireFree(RunDirectory? directory, string otherwise = "")
    {
        if (directory is not null)
            OutDirectory.RequireFree(directory, Out, Force, otherwise);
    }
}
