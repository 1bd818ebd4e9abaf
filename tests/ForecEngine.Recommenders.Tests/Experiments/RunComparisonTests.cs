// Comparisons of runs: what counts as a system, and which runs are refused.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RunComparisonTests
{
    private static readonly ComparisonOptions s_options = new() { Metrics = [Metric.NdcgAt10], Resamples = 500 };

    [Fact]
    public void Runs_that_differ_by_the_seed_alone_are_one_system_and_others_are_not()
    {
        ComparedRun[] runs =
        [
            Run("runs/a1", seed: 1), Run("runs/b1", seed: 1, method: "mlp", shift: 0.1), Run("runs/a3", seed: 3), Run("runs/a2", seed: 2),
            Run("runs/b2", seed: 2, method: "mlp", shift: 0.2),
        ];
        RunComparison comparison = RunComparison.Of(runs, s_options, threads: 2);
        Assert.Equal(["a1 +2", "b1 +1"], comparison.Systems.Select(system => system.Name));
        Assert.Equal([1ul, 2ul, 3ul], comparison.Systems[0].Runs.Select(run => run.Experiment.Seed));
        PairComparison pair = comparison.Pairs.First(pair => pair.Candidates == NamedRanking.AllItems);
        Assert.Equal(("a1 +2", "b1 +1"), (pair.First, pair.Second));
        Assert.Equal(0.15, pair.Test.Difference, 1e-12);
        Assert.Equal(0.1, pair.Interval.From, 1e-12);
        Assert.Equal(0.2, pair.Interval.To, 1e-12);
        Assert.Equal(8, comparison.Users);
        Assert.Equal([NamedRanking.AllItems, NamedRanking.Sampled], comparison.Pairs.Select(compared => compared.Candidates));
    }

    [Fact]
    public void A_copy_of_a_run_is_an_equal_system_with_p_1_and_an_empty_interval()
    {
        RunComparison comparison = RunComparison.Of([Run("runs/a", seed: 1), Run("copies/a", seed: 1)], s_options, threads: 1);
        Assert.Equal(["runs/a", "copies/a"], comparison.Systems.Select(system => system.Name));
        Assert.All(comparison.Pairs, pair =>
            Assert.Equal((new PairedTest(0, 0, 1), 1, new Interval(0, 0)), (pair.Test, pair.HolmP, pair.Interval)));
    }

    [Fact]
    public void All_pairs_are_compared_or_each_system_with_the_first()
    {
        ComparedRun[] runs = [Run("a", 1), Run("b", 1, method: "mlp", shift: 0.1), Run("c", 1, method: "nmf", shift: 0.3)];
        ComparisonOptions all = s_options with { Candidates = NamedRanking.Sampled };
        Assert.Equal([("a", "b"), ("a", "c"), ("b", "c")], Pairs(all));
        Assert.Equal([("a", "b"), ("a", "c")], Pairs(all with { WithFirst = true }));

        IEnumerable<(string, string)> Pairs(ComparisonOptions options) =>
            RunComparison.Of(runs, options, threads: 1).Pairs.Select(pair => (pair.First, pair.Second));
    }

    [Fact]
    public void Runs_that_are_not_tested_alike_are_refused_and_the_message_names_the_difference()
    {
        ComparedRun a = Run("a", 1), b = Run("b", 2);
        Refused("evaluate_from is 7 in a, 5 in b", b with { Experiment = b.Experiment with { EvaluateFrom = 5 } });
        Refused("target is jp in a, de in b", b with { Experiment = b.Experiment with { Target = "de" } });
        Refused("the digest of jp is rows in a, others in b", b with
        {
            Experiment = b.Experiment with { Digests = new SortedDictionary<string, string> { ["jp"] = "others" } },
        });
        UserValues[] rows = [.. b.Users.Rows];
        Refused("b has 7 users, a has 8", b with { Users = b.Users with { Rows = rows[1..8] } }, NamedRanking.AllItems);
        rows[3] = rows[3] with { Item = "other" };
        Refused("b has user u3 with item other, a has user u3 with item i3", b with { Users = b.Users with { Rows = rows } });
        Refused("candidates are all and sampled in a, all in b", b with { Users = b.Users with { Rows = rows[..8] } });
        Refused("b: has no ranking of test among sampled candidates",
            b with { Users = b.Users with { Rows = rows[..8] } }, NamedRanking.Sampled);
        Refused("b: has no values of ndcg@10; it has mrr", b with { Users = b.Users with { Metrics = ["mrr"] } });

        SortedDictionary<string, string> given = new() { ["jp"] = "rows", ["test_candidates"] = "lists", ["valid_candidates"] = "others" };
        ComparedRun other = b with { Experiment = b.Experiment with { Digests = given } };
        Refused("the digest of test_candidates is the default in a, lists in b", other);
        RunComparison.Of([a, other], s_options with { Candidates = NamedRanking.AllItems }, threads: 1);

        // The number of training rows of a system, and its sources, may differ.
        RunComparison.Of([a, b with { Experiment = b.Experiment with { MinimumRows = 7, Sources = ["de"] } }], s_options, threads: 1);

        void Refused(string part, ComparedRun other, string? candidates = null)
        {
            ComparisonOptions options = s_options with { Candidates = candidates };
            Assert.Contains(part, Assert.Throws<DataFormatException>(() => RunComparison.Of([a, other], options, threads: 1)).Message,
                StringComparison.Ordinal);
        }
    }

    // Eight users, ranked among all and among sampled items; those of the seed differ a little.
    private static ComparedRun Run(string path, ulong seed, string method = "gmf", double shift = 0) => new(
        path,
        new Experiment
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Seed = seed,
            Settings = new TrainingSettings(),
            Digests = new SortedDictionary<string, string> { ["jp"] = "rows" },
        },
        new UserTable(["ndcg@10"],
        [
            .. ((string[])[NamedRanking.AllItems, NamedRanking.Sampled]).SelectMany(candidates => Enumerable.Range(0, 8)
                .Select(i => new UserValues("test", candidates, $"u{i}", 5, $"i{i}", 2, Rank: 1, [(i * 0.1) + shift]))),
        ]));
}
