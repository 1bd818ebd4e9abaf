// Complete experiments on small markets: the dependencies of results, and the reports.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class ExperimentRunnerTests
{
    private static readonly TrainingSettings s_settings = new() { Gradient = new() { Epochs = 3 }, Samples = new() { BatchSize = 256 } };

    [Fact]
    public void Nmf_with_two_sources_runs_three_phases_and_ranks_the_target()
    {
        ExperimentOutcome outcome = Run("nmf++", "jp", ["de", "uk"]);
        Assert.Equal(["gmf++", "mlp++", "nmf++"], outcome.Phases.Select(p => p.Name));
        Assert.Equal("nmf", outcome.ModelName);
        Assert.Equal(["de", "jp", "uk"], outcome.Markets.Select(m => m.Market.Name));
        Assert.Equal("jp", outcome.Tested().Market.Name);
        Assert.Equal(outcome.Tested().Market.Users.Count, outcome.Tested().Result.Users);
        Assert.NotNull(outcome.Valid);
        Assert.All(outcome.Tested().Result.Means.Values, mean => Assert.InRange(mean, 0, 1));
        Assert.InRange(outcome.Tested().Result.Means["mrr"], 0.01, 1);
    }

    [Theory]
    [InlineData(Sampling.Equal)]
    [InlineData(Sampling.Concat)]
    public void A_joint_model_does_not_depend_on_which_market_is_the_target_nor_on_the_order_of_the_markets(Sampling sampling)
    {
        TrainingSettings options = s_settings with { Samples = s_settings.Samples with { Sampling = sampling } };
        byte[] jp = Weights(Run("nmf++", "jp", ["de", "uk"], options));
        Assert.Equal(jp, Weights(Run("nmf++", "de", ["uk", "jp"], options)));
        Assert.Equal(jp, Weights(Run("nmf++", "uk", ["jp", "de"], options)));
    }

    [Fact]
    public void Equal_and_concat_train_differently()
    {
        ExperimentOutcome equal = Run("gmf++", "jp", ["de"]);
        ExperimentOutcome concat =
            Run("gmf++", "jp", ["de"], s_settings with { Samples = s_settings.Samples with { Sampling = Sampling.Concat } });
        Assert.NotEqual(Weights(equal), Weights(concat));

        // With concat, every sample is seen once per epoch.
        long samples = concat.Markets.Sum(placed => placed.Market.TrainLabels.ToArray().Sum(label => label > 0 ? 5L : 1L));
        Assert.Equal(s_settings.Gradient.Epochs * samples, concat.Phases[0].Samples);
        Assert.True(equal.Phases[0].Samples >= concat.Phases[0].Samples);
    }

    [Fact]
    public void The_candidates_do_not_depend_on_the_sources()
    {
        ExperimentOutcome alone = Run("gmf", "jp", []), joint = Run("gmf++", "jp", ["de", "uk"]);
        Assert.Equal(alone.Tested().Lists.Select(list => list.Items), joint.Tested().Lists.Select(list => list.Items));
    }

    [Fact]
    public void A_method_for_a_single_market_ignores_the_sources()
    {
        ExperimentOutcome outcome = Run("nmf", "jp", ["de", "uk"]);
        Assert.Equal(["jp"], outcome.Markets.Select(m => m.Market.Name));
        Assert.Equal(Weights(Run("nmf", "jp", [])), Weights(outcome));
    }

    public static TheoryData<string> Methods => [.. PlanCatalog.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Runs_are_bit_identical_on_all_devices_and_thread_counts_and_differ_between_seeds(string method)
    {
        string[] sources = PlanCatalog.Find(method).NeedsSources ? ["de", "uk"] : [];
        TrainingSettings options =
            s_settings with { Gradient = s_settings.Gradient with { Epochs = 2 }, Fork = s_settings.Fork with { BatchSize = 64 } };
        ExperimentOutcome expected = Run(method, "jp", sources, options, new ScalarDevice());
        foreach (int threads in (int[])[1, 3, 3])
        {
            ExperimentOutcome again = Run(method, "jp", sources, options, new SimdDevice(threads));
            Assert.Equal(Weights(expected), Weights(again));
            Assert.Equal(expected.Tested().Scores, again.Tested().Scores);
            Assert.Equal(expected.Valid?.Result.Means, again.Valid?.Result.Means);
        }

        ExperimentOutcome other = Run(method, "jp", sources, options, seed: 43);
        Assert.NotEqual(expected.Tested().Scores, other.Tested().Scores);
        if (PlanCatalog.Find(method).Phases[^1].Fit is GradientFit)
            Assert.NotEqual(Weights(expected), Weights(other));
    }

    public static TheoryData<string> CompiledMethods => [.. PlanCatalog.Methods.Where(method =>
        PlanCatalog.Find(method).Phases.All(phase => phase.Model is "gmf" or "mlp" or "nmf" or "ma-gmf" or "ma-mlp" or "ma-nmf"))];

    // This includes inner and outer steps, fine-tuning of forks, and adaptation before scoring: the tape differentiates nothing.
    [Theory]
    [MemberData(nameof(CompiledMethods))]
    public void On_a_device_that_compiles_its_models_no_gradient_of_a_method_uses_the_tape(string method)
    {
        TraceRecording recording = new();
        using (recording)
            Run(
                method, "jp", ["de"], s_settings with { Gradient = s_settings.Gradient with { Epochs = 1 } },
                new SimdDevice(1).Profiled());
        HashSet<string> operations = [.. recording.Spans.Where(span => span.Kind == SpanKind.Kernel).Select(span => span.Name)];
        Assert.Contains("Network", operations);
        Assert.DoesNotContain(operations, name => name.EndsWith(" backward", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nmf-forec", "nmf++")]
    [InlineData("forec", "maml")]
    public void A_fork_fine_tuned_on_the_target_has_the_frozen_tensors_of_its_parent_bit_for_bit(string method, string parent)
    {
        ExperimentOutcome fork = Run(method, "jp", ["de", "uk"]), whole = Run(parent, "jp", ["de", "uk"]);
        Dictionary<string, Real[]> from = whole.Network().Parameters.ToDictionary(p => p.Name, p => p.Value.Values.Span.ToArray());
        string[] trained = ["fc_layers.1", "fc_layers.2", "fc_layers.3", "mh_layers.0", "mh_layers.1", "affine_output"];
        foreach (Parameter parameter in fork.Network().Parameters)
        {
            bool frozen = !trained.Any(layer => parameter.Name.StartsWith(layer, StringComparison.Ordinal));
            Assert.Equal(
                frozen, from.TryGetValue(parameter.Name, out Real[]? before) && before.AsSpan().SequenceEqual(parameter.Value.Values.Span));
        }
    }

    [Fact]
    public void A_fork_without_a_head_that_keeps_the_output_layer_and_is_not_fine_tuned_scores_like_its_parent()
    {
        TrainingSettings options = s_settings with { Fork = s_settings.Fork with { Head = [], KeepOutput = true, Epochs = 0 } };
        ExperimentOutcome fork = Run("nmf-forec", "jp", ["de"], options), parent = Run("nmf++", "jp", ["de"], options);
        Assert.Equal(parent.Tested().Scores, fork.Tested().Scores);
        Assert.Equal((0, 0L), (fork.Phases[^1].Epochs, fork.Phases[^1].Samples));
    }

    [Theory]
    [InlineData("nmf-forec", "nmf++")]
    [InlineData("forec", "maml")]
    public void Adapting_a_global_model_to_a_market_equals_training_the_complete_plan(string method, string parent)
    {
        using IDevice device = new SimdDevice(1);
        ExperimentOutcome agnostic = Run(parent, "jp", ["de", "uk"]);
        foreach ((string target, string[] sources) in ((string, string[])[])[("jp", ["de", "uk"]), ("uk", ["de", "jp"])])
        {
            ExperimentOutcome whole = Run(method, target, sources);
            ExperimentOutcome adapted = new ExperimentRunner(device).Adapt(
                whole.Experiment, agnostic.Model, agnostic.Tables, agnostic.Markets.Single(m => m.Market.Name == target), null,
                Metric.Default);
            Assert.Equal(Weights(whole), Weights(adapted));
            Assert.Equal(whole.Tested().Scores, adapted.Tested().Scores);
        }
    }

    [Fact]
    public void A_meta_learned_model_is_adapted_for_scoring_and_stored_unadapted()
    {
        TrainingSettings still = s_settings with { MetaLearning = s_settings.MetaLearning with { InnerLearningRate = 0 } };
        TrainingSettings options = s_settings with { MetaLearning = s_settings.MetaLearning with { AdaptOn = AdaptOn.Valid } };
        ExperimentOutcome adapted = Run("maml", "jp", ["de"], options);
        using SimdDevice device = new(1);
        RankedLists bare = new Ranker(Metric.Default, 1)
            .Rank(adapted.Model.Scorer(device, 1), adapted.Markets.Single(m => m.Market.Name == "jp"), adapted.Tested().Lists);
        Assert.NotEqual(bare.Scores, adapted.Tested().Scores);
        ExperimentOutcome unadapted = Run("maml", "jp", ["de"], still);
        bare = new Ranker(Metric.Default, 1).Rank(
            unadapted.Model.Scorer(device, 1), unadapted.Markets.Single(m => m.Market.Name == "jp"), unadapted.Tested().Lists);
        Assert.Equal(bare.Scores, unadapted.Tested().Scores);
        Assert.Equal(adapted.Valid?.Lists.Count, adapted.Tested().Lists.Count);
        Assert.True(unadapted.Valid?.Lists.Count < unadapted.Tested().Lists.Count);
    }

    [Fact]
    public void Held_out_items_are_ranked_among_all_items_beside_sampled_ones_unless_the_record_has_one_kind()
    {
        ExperimentOutcome both = Run("maml", "jp", ["de"]), all = Run("maml", "jp", ["de"], from: CandidatesFrom.All);
        ExperimentOutcome sampled = Run("maml", "jp", ["de"], from: CandidatesFrom.Sampled);
        foreach ((RankedLists? full, RankedLists? alone) in ((RankedLists?, RankedLists?)[])
            [(both.ValidAmongAll, all.Valid), (both.TestAmongAll, all.Test), (all.ValidAmongAll, all.Valid), (all.TestAmongAll, all.Test)])
        {
            Assert.Equal(alone?.Result.PerUser, full?.Result.PerUser);
            Assert.True(full?.IsFull);
        }

        Assert.Equal(sampled.Tested().Scores, both.Tested().Scores);
        Assert.Null(sampled.ValidAmongAll);
        Assert.Null(sampled.TestAmongAll);
    }

    [Fact]
    public void A_source_without_items_of_the_target_is_refused_before_any_training()
    {
        using IDevice device = new ScalarDevice();
        Ratings strange = TestMarkets.Ratings("uk", [.. Enumerable.Range(0, 40).Select(i => new Row($"u{i % 4}", $"stranger{i}", 5, i))]);
        string message = Assert.Throws<DataFormatException>(() => new ExperimentRunner(device).Run(
            Record("nmf++", "jp", ["uk"], s_settings, 42), [TestMarkets.Prepared("jp", 1), Market.Prepare(strange)], null,
            Metric.Default, _ => Assert.Fail("it trained"))).Message;
        Assert.StartsWith("uk: no item in common with jp", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_market_with_fewer_samples_than_a_support_set_gives_all_of_them()
    {
        double[] scores =
        [
            .. ((int[])[50_000, 100_000]).Select(size => Run("maml", "jp", ["de"], s_settings with
            {
                MetaLearning = s_settings.MetaLearning with { SupportSize = size, AdaptOn = AdaptOn.Train },
            }).Tested().Result.Means["mrr"]),
        ];
        Assert.Equal(scores[0], scores[1]);
    }

    [Theory]
    [InlineData("ma-nmf++", "ma-gmf++ ma-mlp++ ma-nmf++", "ma-nmf")]
    [InlineData("ddtcdr", "gmf-de gmf-jp gmf-uk ddtcdr", "ddtcdr")]
    [InlineData("conet", "conet", "conet")]
    public void Market_aware_methods_run_with_several_sources_to_the_same_bits_on_any_number_of_threads(
        string method, string phases, string model)
    {
        ExperimentOutcome outcome = Run(method, "jp", ["de", "uk"], device: new ScalarDevice());
        Assert.Equal(phases, string.Join(' ', outcome.Phases.Select(p => p.Name)));
        Assert.Equal(model, outcome.ModelName);
        Assert.InRange(outcome.Tested().Result.Means["mrr"], 0.01, 1);
        foreach (int threads in (int[])[1, 3])
        {
            ExperimentOutcome again = Run(method, "jp", ["de", "uk"], device: new SimdDevice(threads));
            Assert.Equal(Weights(outcome), Weights(again));
            Assert.Equal(outcome.Tested().Scores, again.Tested().Scores);
        }
    }

    [Fact]
    public void Market_aware_models_do_not_depend_on_the_target_and_accept_minibatches_of_mixed_markets()
    {
        foreach (Sampling sampling in (Sampling[])[Sampling.Equal, Sampling.Concat])
        {
            TrainingSettings options = s_settings with { Samples = s_settings.Samples with { Sampling = sampling } };
            Assert.Equal(Weights(Run("ma-nmf++", "jp", ["de", "uk"], options)), Weights(Run("ma-nmf++", "uk", ["jp", "de"], options)));
        }
    }

    [Theory]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    public void Methods_with_minibatches_of_one_market_refuse_concat(string method)
    {
        TrainingSettings concat = s_settings with { Samples = s_settings.Samples with { Sampling = Sampling.Concat } };
        Assert.StartsWith(
            $"{method} takes each minibatch from one market",
            Assert.Throws<ArgumentException>(() => Run(method, "jp", ["de"], concat)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_preset_vectors_of_ddtcdr_are_those_of_gmf_trained_on_each_market_alone()
    {
        ExperimentOutcome outcome = Run("ddtcdr", "jp", ["de"]);
        ExperimentOutcome other =
            Run("ddtcdr", "jp", ["de"], s_settings with { Model = s_settings.Model with { Ddtcdr = new DdtcdrOptions { Alpha = 0.5 } } });
        Assert.All(outcome.Network().Parameters, parameter => Assert.Equal(parameter is EmbeddingTable, parameter.IsFrozen));
        Ddtcdr model = (Ddtcdr)outcome.Model, mixed = (Ddtcdr)other.Model;
        Assert.Equal(Values(model.User.Table), Values(mixed.User.Table));
        Assert.NotEqual(Values(model.Networks[0].Item.Table), Values(model.Networks[1].Item.Table));
        Assert.NotEqual(Values(model.Networks[0].Output.Weight), Values(mixed.Networks[0].Output.Weight));

        static Real[] Values(Parameter parameter) => parameter.Value.Values.Span.ToArray();
    }

    [Fact]
    public void The_reported_ranking_is_that_of_the_best_epoch_on_validation()
    {
        ExperimentOutcome best =
            Run("gmf", "jp", [], s_settings with { Gradient = s_settings.Gradient with { Epochs = 12, KeptEpoch = KeptEpoch.Best } });
        ExperimentOutcome last =
            Run("gmf", "jp", [], s_settings with { Gradient = s_settings.Gradient with { Epochs = best.Phases[0].BestEpoch } });
        Assert.Equal(Weights(last), Weights(best));
        Assert.Equal(last.Tested().Result.Means, best.Tested().Result.Means);
    }

    [Fact]
    public void Given_candidates_replace_sampled_ones_and_all_rows_are_trained_on()
    {
        Market market = Market.Prepare(TestMarkets.Random("jp", 1), SplitRules.TrainOnAll);
        CandidateList list = new(2, [0, 1, 2], [0, 1, 0], [(market.Items.Text(1), 1)]);
        using IDevice device = new ScalarDevice();
        ExperimentOutcome outcome = new ExperimentRunner(device).Run(
            Record("gmf", "jp", [], s_settings, 42), [market], [list], Metric.Default);
        Assert.Null(outcome.Valid);
        Assert.Equal([list], outcome.Tested().Lists);
        Assert.Equal(1, outcome.Tested().Result.Users);
    }

    [Fact]
    public void The_error_for_a_target_that_is_not_among_the_markets_names_it()
    {
        using IDevice device = new ScalarDevice();
        string message = Assert.Throws<ArgumentException>(() => new ExperimentRunner(device).Run(
            Record("gmf++", "fr", ["de"], s_settings, 42), [TestMarkets.Prepared("de", 1)], null, Metric.Default)).Message;
        Assert.Contains("'fr' is not among de", message, StringComparison.Ordinal);
    }

    private static Experiment Record(string method, string target, string[] sources, TrainingSettings options, ulong seed) =>
        new()
        {
            Method = method,
            Preset = "paper",
            Target = target,
            Sources = sources,
            Settings = options,
            Seed = seed,
            EvaluationNegatives = 15,
        };

    [Theory]
    [InlineData("nmf++")]
    [InlineData("maml")]
    public void A_profiled_run_gives_the_same_bits_and_its_stages_do_not_overlap(string method)
    {
        ExperimentOutcome plain = Run(method, "jp", ["uk"]);
        TraceRecording recording = new();
        using (recording)
            Assert.Equal(Weights(plain), Weights(Run(method, "jp", ["uk"], device: new SimdDevice(2).Profiled())));
        TraceSpan[] stages = [.. recording.Spans.Where(span => span.Kind == SpanKind.Stage).OrderBy(span => span.Start)];
        Assert.Superset(
            new HashSet<string> { "sampling", "gradient", "optimiser", "evaluation" }, stages.Select(span => span.Name).ToHashSet());
        Assert.All(
            stages.Zip(stages.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair.First} runs into {pair.Second}"));
    }

    private static ExperimentOutcome Run(
        string method, string target, string[] sources, TrainingSettings? options = null, IDevice? device = null, ulong seed = 42,
        Action<TrainingProgress>? progress = null, CandidatesFrom from = default)
    {
        using IDevice used = device ?? new SimdDevice(1);
        return new ExperimentRunner(used).Run(
            Record(method, target, sources, options ?? s_settings, seed) with { CandidatesFrom = from },
            [.. sources.Prepend(target).Select(name => TestMarkets.Prepared(name, 1, users: name == "uk" ? 40 : 24))], null,
            Metric.Default, progress);
    }

    private static byte[] Weights(ExperimentOutcome outcome) => [.. outcome.Model.Tensors.SelectMany(tensor => tensor.Data.ToArray())];
}
