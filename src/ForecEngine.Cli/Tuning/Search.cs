// The search: draws the trials, trains them rung by rung and ranks them. The ranking depends on the scores alone; equal scores are ordered
// by the number of the trial, and a trial that failed is worse than any other. A random search has a single rung.

namespace ForecEngine.Cli.Tuning;

/// <summary>The result of a trial in a rung: the mean over its runs.</summary>
/// <param name="Mean">The mean; null if a run failed.</param>
/// <param name="Failure">How the first failed run failed; null if none did.</param>
internal sealed record Score(double? Mean, string? Failure)
{
    /// <summary>The mean of the results of a trial's runs, in their order.</summary>
    public static Score Of(IEnumerable<RunResult> results)
    {
        RunResult[] all = [.. results];
        return all.FirstOrDefault(result => result.Score is null) is { } failed
            ? new Score(null, failed.Failure)
            : new Score(all.Sum(result => result.Score ?? 0) / all.Length, null);
    }
}

/// <summary>A trial.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Options">The options that were drawn for it.</param>
/// <param name="Scores">Its score in each rung that it reached.</param>
internal sealed record Trial(int Number, IReadOnlyList<OptionSetting> Options, IReadOnlyList<Score> Scores)
{
    /// <summary>The last score.</summary>
    public Score Last => Scores[^1];
}

/// <summary>A rung: how many trials it trains, and with how much.</summary>
/// <param name="Trials">The number of trials, fewer if some failed before.</param>
/// <param name="Targets">The number of targets.</param>
/// <param name="Seeds">The number of seeds.</param>
/// <param name="Option">The option that is the resource, with its value; null for another resource.</param>
internal sealed record Rung(int Trials, int Targets, int Seeds, OptionSetting? Option)
{
    /// <summary>An estimate of its work, relative to other rungs.</summary>
    public double Work =>
        (double)Trials * Targets * Seeds * (Option is null ? 1 : double.Parse(Option.Value, CultureInfo.InvariantCulture));
}

internal sealed class Search
{
    private readonly SearchSpace _space;
    private readonly ulong _seed;

    /// <summary>A search.</summary>
    /// <param name="space">The space.</param>
    /// <param name="kind">How trials are chosen; successive halving needs <see cref="SearchSpace.Halving"/>.</param>
    /// <param name="trials">The number of trials.</param>
    /// <param name="seed">The seed of the draws.</param>
    public Search(SearchSpace space, SearchKind kind, int trials, ulong seed)
    {
        (_space, _seed) = (space, seed);
        Rungs = kind == SearchKind.SuccessiveHalving && space.Halving is { } halving
            ? [.. halving.Rungs.Select((amount, place) => RungOf(halving, amount, Kept(trials, halving.Eta, place)))]
            : [new Rung(trials, space.Targets.Count, space.Seeds.Count, Option: null)];
    }

    /// <summary>The rungs.</summary>
    public IReadOnlyList<Rung> Rungs { get; }

    /// <summary>The number of trials in a rung: that of all, divided by eta for each rung before and rounded down, at least 1.</summary>
    public static int Kept(int trials, int eta, int rung)
    {
        for (; rung > 0; rung--)
            trials /= eta;
        return Math.Max(1, trials);
    }

    /// <summary>The options that a trial has in a rung: those drawn, and the resource.</summary>
    public IReadOnlyList<OptionSetting> Options(int trial, Rung rung) =>
        [.. _space.Draw(_seed, trial), .. rung.Option is { } resource ? (OptionSetting[])[resource] : []];

    /// <summary>Runs the search.</summary>
    /// <param name="measure">Gives the scores of trials in a rung, in their order.</param>
    /// <returns>All trials, the best first: those of the last rung by score, then those that ended in the rung before, and so on.</returns>
    public IReadOnlyList<Trial> Run(Func<Rung, IReadOnlyList<int>, IReadOnlyList<Score>> measure)
    {
        List<Trial> ended = [];
        Trial[] left = [.. Enumerable.Range(0, Rungs[0].Trials).Select(trial => new Trial(trial, _space.Draw(_seed, trial), []))];
        foreach ((int place, Rung rung) in Rungs.Index())
        {
            IReadOnlyList<Score> scores = measure(rung, [.. left.Select(trial => trial.Number)]);
            Trial[] ranked = Ranked([.. left.Zip(scores, (trial, score) => trial with { Scores = [.. trial.Scores, score] })]);
            int kept = place + 1 == Rungs.Count ? ranked.Length
                : Math.Min(Rungs[place + 1].Trials, ranked.Count(trial => trial.Last.Mean is not null));
            ended.InsertRange(0, kept == 0 || place + 1 == Rungs.Count ? ranked : ranked[kept..]);
            if (kept == 0)
                break;
            left = [.. ranked[..kept].OrderBy(trial => trial.Number)];
        }

        return ended;
    }

    private static Trial[] Ranked(Trial[] trials) =>
        [.. trials.OrderByDescending(trial => trial.Last.Mean ?? double.NegativeInfinity).ThenBy(trial => trial.Number)];

    private Rung RungOf(Halving halving, int amount, int trials) => halving.Resource switch
    {
        Halving.Seeds => new Rung(trials, _space.Targets.Count, amount, Option: null),
        Halving.Targets => new Rung(trials, amount, _space.Seeds.Count, Option: null),
        _ => new Rung(trials, _space.Targets.Count, _space.Seeds.Count, new OptionSetting(
            SpaceFile.Settings.First(option => option.Name == halving.Resource), amount.ToString(CultureInfo.InvariantCulture))),
    };
}
