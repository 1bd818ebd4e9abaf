// Search: what is kept in a rung, and the ranking of all trials.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Tuning;
using ForecEngine.Recommenders.Evaluation;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Tuning;

public sealed class SearchTests
{
    [Property]
    public void A_rung_keeps_the_best_n_over_eta_and_the_ranking_depends_on_the_scores_alone(
        PositiveInt number, PositiveInt divisor, int salt)
    {
        int trials = (number.Get % 60) + 1, eta = (divisor.Get % 3) + 2;
        Search search = new(Space(new Halving(eta, "epochs", [1, 2, 4])), SearchKind.SuccessiveHalving, trials, seed: 1);
        List<IReadOnlyList<int>> rungs = [];
        IReadOnlyList<Trial> ranking = search.Run((rung, asked) =>
        {
            rungs.Add(asked);
            return [.. asked.Select(trial => Scored(rungs.Count, trial))];
        });

        Assert.Equal(Enumerable.Range(0, trials), ranking.Select(trial => trial.Number).Order());
        Assert.Equal([trials, Math.Max(1, trials / eta), Math.Max(1, trials / eta / eta)], search.Rungs.Select(rung => rung.Trials));
        for (int rung = 1; rung < rungs.Count; rung++)
        {
            int[] best = [.. Order(rung, rungs[rung - 1]).Where(trial => Scored(rung, trial).Mean is not null)];
            Assert.Equal(best.Take(search.Rungs[rung].Trials).Order(), rungs[rung]);
        }

        Assert.Equal(Order(rungs.Count, rungs[^1]), ranking.Take(rungs[^1].Count).Select(trial => trial.Number));
        Assert.All(ranking.Zip(ranking.Skip(1)), pair => Assert.True(pair.First.Scores.Count >= pair.Second.Scores.Count));

        IEnumerable<int> Order(int rung, IEnumerable<int> among) =>
            among.OrderBy(trial => Scored(rung, trial).Mean is { } mean ? -mean : 1).ThenBy(trial => trial);

        // Few values, so that many are equal; one in five fails.
        Score Scored(int rung, int trial) => (uint)HashCode.Combine(rung, trial, salt) % 5 is var value and > 0
            ? new Score(value / 10.0, null)
            : new Score(null, "diverged");
    }

    [Fact]
    public void A_random_search_has_one_rung_with_all_targets_and_seeds()
    {
        Search search = new(Space(null), SearchKind.Random, trials: 5, seed: 1);
        Assert.Equal(new Rung(5, Targets: 2, Seeds: 3, Option: null), Assert.Single(search.Rungs));
        Assert.Equal([3, 1, 0, 2, 4], search.Run((_, trials) =>
            [.. trials.Select(trial => new Score(trial is 1 or 3 ? trial : 0, null))]).Select(trial => trial.Number));
    }

    [Theory]
    [InlineData("seeds", 1, 2, 1, null)]
    [InlineData("targets", 1, 1, 3, null)]
    [InlineData("epochs", 7, 2, 3, "7")]
    public void A_resource_is_an_option_or_a_number_of_seeds_or_targets(string resource, int amount, int targets, int seeds, string? value)
    {
        Search search = new(Space(new Halving(2, resource, [amount])), SearchKind.SuccessiveHalving, trials: 3, seed: 1);
        Rung rung = Assert.Single(search.Rungs);
        Assert.Equal((targets, seeds, value), (rung.Targets, rung.Seeds, rung.Option?.Value));
        Assert.Equal(value is null ? 1 : 2, search.Options(0, rung).Count);
    }

    [Fact]
    public void A_search_whose_trials_all_fail_ends_after_the_first_rung()
    {
        int rungs = 0;
        Search search = new(Space(new Halving(2, "epochs", [1, 2])), SearchKind.SuccessiveHalving, trials: 4, seed: 1);
        IReadOnlyList<Trial> ranking = search.Run((_, trials) =>
        {
            rungs++;
            return [.. trials.Select(trial => new Score(null, $"{trial}"))];
        });
        Assert.Equal(1, rungs);
        Assert.Equal([0, 1, 2, 3], ranking.Select(trial => trial.Number));
        Assert.Equal("0", ranking[0].Last.Failure);
    }

    [Fact]
    public void A_score_is_the_mean_of_the_runs_and_the_first_failure_counts()
    {
        Assert.Equal(new Score(0.25, null), Score.Of([new(0.5, null), new(0, null)]));
        Assert.Equal(new Score(null, "b"), Score.Of([new(0.5, null), new(null, "b"), new(null, "c")]));
    }

    private static SearchSpace Space(Halving? halving) => new()
    {
        Name = "s",
        Base = "tuned",
        Methods = ["gmf"],
        Targets = ["in", "jp"],
        Sources = [],
        Seeds = [1, 2, 3],
        Metric = Metric.NdcgAt10,
        Fixed = [],
        Dimensions =
        [
            Dimension.Read(new StrictJson("s", JsonNode.Parse("""{"log": [0.001, 0.1]}""")!.AsObject()),
                SpaceFile.Settings.Single(option => option.Name == "learning-rate")),
        ],
        Halving = halving,
        Json = [],
    };
}
