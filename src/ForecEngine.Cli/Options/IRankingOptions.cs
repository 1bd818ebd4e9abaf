// The options of verbs that rank: what they tell of each user and of groups of users.

namespace ForecEngine.Cli.Options;

internal interface IRankingOptions : IMetricOptions
{
    [Option("per-user", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Also write the values of each user, as .csv or .parquet by the name.")]
    string? PerUser { get; }

    [Option("groups", OptionGroup.Evaluation,
        HelpText = "Also print the metrics of five groups of users by training rows, and of five groups of held-out items by popularity, "
            + "and how many items the users' best ten have.")]
    bool Groups { get; }

    /// <summary>Fails before any training if the file cannot be written.</summary>
    void RequirePerUser()
    {
        if (PerUser is null)
            return;
        if (!UserFile.IsNamed(PerUser))
            throw new CommandLineException($"--per-user: '{PerUser}' does not end with .csv or .parquet");
        AtomicFile.Probe(PerUser);
    }

    /// <summary>Fails before training if nobody is evaluated, so that there are no values to write.</summary>
    void RequireRanking(ExperimentData data)
    {
        string? option = PerUser is not null ? "--per-user" : Groups ? "--groups" : null;
        if (option is not null && data.Candidates is null && data.Markets[0].NotEvaluated is { } reason)
            throw new DataFormatException($"{option}: there is no ranking to write; {data.Markets[0].Name}: {reason}");
    }

    /// <summary>Writes the values of users, if they are asked for.</summary>
    void WritePerUser(UserTable users)
    {
        if (PerUser is not null)
            UserFile.Write(PerUser, users);
    }
}
