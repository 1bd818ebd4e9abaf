// Stages reused from a cache or resumed after an interruption give the same bits as training; damaged or foreign ones are not used.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class StageStoreTests : IDisposable
{
    private static readonly TrainingSettings s_settings =
        new() { Gradient = new() { Epochs = 3 }, Samples = new() { BatchSize = 256 }, Fork = new() { BatchSize = 64 } };

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _said = [];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("nmf-forec", "nmf++")]
    [InlineData("maml", "nmf++")]
    [InlineData("forec", "maml")]
    public void Cached_stages_of_another_method_are_reused_with_the_same_bits(string method, string before)
    {
        ExperimentOutcome expected = Run(method);
        Run(before, stages: Cache());
        _said.Clear();
        ExperimentOutcome cached = Run(method, stages: Cache());
        Same(expected, cached);
        Assert.Equal([.. PhasesOf(before).Select(_ => true), false], cached.Phases.Select(phase => phase.Cached));
        Assert.Equal(PhasesOf(before).Count, _said.Count(line => line.Contains("3 epochs taken from", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_run_reused_from_the_cache_has_the_same_bits_including_the_optimiser_state()
    {
        ExperimentOutcome expected = Run("forec", stages: Cache()), cached = Run("forec", stages: Cache());
        Same(expected, cached);
        Assert.All(cached.Phases, phase => Assert.True(phase.Cached));
    }

    [Fact]
    public void The_global_model_is_reused_for_another_target_and_target_stages_are_not()
    {
        Run("nmf-forec", stages: Cache());
        ExperimentOutcome other = Run("nmf-forec", target: "uk", source: "jp", stages: Cache());
        Assert.Equal([true, true, true, false], other.Phases.Select(phase => phase.Cached));
        Same(Run("nmf-forec", target: "uk", source: "jp"), other);
    }

    public static TheoryData<string, int> Changes => new()
    {
        { "seed", 0 }, { "data", 0 }, { "epochs", 0 }, { "l2", 0 }, { "keep", 0 },
        { "shots", 3 }, { "inner_rate", 3 }, { "adapt_on", 5 },
        { "head", 4 }, { "unfreeze", 4 }, { "fine_tune_l2", 4 }, { "fine_tune_loss", 4 }, { "fine_tune_epochs", 4 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Only_stages_unaffected_by_a_change_are_reused(string change, int taken)
    {
        Run("forec", stages: Cache());
        TrainingSettings options = change switch
        {
            "epochs" => s_settings with { Gradient = s_settings.Gradient with { Epochs = 2 } },
            "l2" => s_settings with { Gradient = s_settings.Gradient with { L2 = 1e-5 } },
            "keep" => s_settings with { Gradient = s_settings.Gradient with { KeptEpoch = KeptEpoch.Best } },
            "shots" => s_settings with { MetaLearning = s_settings.MetaLearning with { SupportSize = 10 } },
            "inner_rate" => s_settings with { MetaLearning = s_settings.MetaLearning with { InnerLearningRate = 0.2 } },
            "adapt_on" => s_settings with { MetaLearning = s_settings.MetaLearning with { AdaptOn = AdaptOn.Train } },
            "head" => s_settings with { Fork = s_settings.Fork with { Head = [16, 8] } },
            "unfreeze" => s_settings with { Fork = s_settings.Fork with { Unfreeze = 1 } },
            "fine_tune_l2" => s_settings with { Fork = s_settings.Fork with { L2 = 1e-2 } },
            "fine_tune_loss" => s_settings with { Fork = s_settings.Fork with { Loss = RatingLoss.Mse } },
            "fine_tune_epochs" => s_settings with { Fork = s_settings.Fork with { Epochs = 1 } },
            _ => s_settings,
        };
        ExperimentOutcome outcome =
            Run("forec", options: options, seed: change == "seed" ? 2ul : 1, dataSeed: change == "data" ? 2ul : 1, stages: Cache());
        Assert.Equal(taken, outcome.Phases.Count(phase => phase.Cached));
    }

    [Fact]
    public void A_damaged_stage_is_reported_trained_again_and_replaced()
    {
        ExperimentOutcome expected = Run("nmf++", stages: Cache());
        string file = Directory.GetFiles(_directory.Root, "mlp++-*").Single();
        byte[] bytes = File.ReadAllBytes(file);
        foreach (int place in (int[])[bytes.Length - 1, bytes.Length / 2, 20, 0])
        {
            byte[] damaged = [.. bytes];
            damaged[place] ^= 1;
            File.WriteAllBytes(file, damaged);
            _said.Clear();
            ExperimentOutcome again = Run("nmf++", stages: Cache());
            Same(expected, again);
            Assert.Equal([true, false, true], again.Phases.Select(phase => phase.Cached));
            Assert.Contains(_said, line =>
                line.StartsWith("mlp++: trained again; ", StringComparison.Ordinal) && line.Contains(file, StringComparison.Ordinal));
            Assert.True(Run("nmf++", stages: Cache()).Phases[1].Cached);
        }

        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Same(expected, Run("nmf++", stages: Cache()));
    }

    [Fact]
    public async Task Two_simultaneous_runs_train_a_stage_once_and_the_second_reports_that_it_waits()
    {
        ExperimentOutcome expected = Run("nmf++");
        object gate = new();
        ExperimentOutcome[] both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Run("nmf++", stages: new StageStore(
            _directory.Root, run: null, resumes: false, TimeSpan.Zero, Say, Say)))));
        Assert.All(both, outcome => Same(expected, outcome));
        Assert.All(both[0].Phases.Zip(both[1].Phases), pair => Assert.True(pair.First.Cached ^ pair.Second.Cached));
        Assert.Contains(_said, line => line.Contains("another run is training it for", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(_directory.Root));

        void Say(string line)
        {
            lock (gate)
                _said.Add(line);
        }
    }

    [Fact]
    public void The_lock_of_a_killed_run_does_not_stop_the_next()
    {
        Run("gmf", stages: Cache());
        string stage = Directory.GetFiles(_directory.Root, "gmf-*").Single(), left = Path.ChangeExtension(stage, ".lock");
        File.Delete(stage);
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, DirectoryLock.FileName), "");
        Assert.False(Run("gmf", stages: Cache()).Phases[0].Cached);
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void A_stage_file_renamed_to_another_stage_is_not_used()
    {
        ExperimentOutcome expected = Run("gmf++", stages: Cache());
        string file = Directory.GetFiles(_directory.Root, "gmf++-*").Single();
        File.Delete(file);
        Run("gmf++", seed: 2, stages: Cache());
        File.Move(Directory.GetFiles(_directory.Root, "gmf++-*").Single(), file);
        _said.Clear();
        ExperimentOutcome again = Run("gmf++", stages: Cache());
        Same(expected, again);
        Assert.Contains(_said, line => line.Contains("of another stage", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(KeptEpoch.Last, true, "gmf++", 2)]
    [InlineData(KeptEpoch.Last, false, "maml", 3)]
    [InlineData(KeptEpoch.Best, true, "maml", 2)]
    [InlineData(KeptEpoch.Best, true, "forec", 3)]
    [InlineData(KeptEpoch.Last, false, "forec", 1)]
    public void An_interrupted_run_resumes_from_the_last_epoch_with_the_same_bits(
        KeptEpoch keep, bool redraw, string phase, int epoch)
    {
        TrainingSettings settings = s_settings with
        {
            Gradient = s_settings.Gradient with { KeptEpoch = keep },
            Samples = s_settings.Samples with { RedrawNegatives = redraw },
        };
        GoesOn("forec", settings, phase, epoch);
    }

    [Theory]
    [InlineData("ddtcdr", KeptEpoch.Last, "ddtcdr", 3)]
    [InlineData("ddtcdr", KeptEpoch.Best, "ddtcdr", 2)]
    [InlineData("ddtcdr", KeptEpoch.Best, "gmf-uk", 2)]
    [InlineData("conet", KeptEpoch.Last, "conet", 2)]
    [InlineData("ma-nmf++", KeptEpoch.Last, "ma-mlp++", 2)]
    public void An_interrupted_run_of_a_model_with_dropout_resumes_with_the_same_bits(
        string method, KeptEpoch keep, string phase, int epoch) =>
        GoesOn(method, s_settings with { Gradient = s_settings.Gradient with { KeptEpoch = keep } }, phase, epoch);

    [Fact]
    public void The_gmf_of_each_market_is_reused_for_another_target_and_ddtcdr_is_not()
    {
        Run("ddtcdr", stages: Cache());
        ExperimentOutcome other = Run("ddtcdr", target: "uk", source: "jp", stages: Cache());
        Assert.Equal([true, true, false], other.Phases.Select(phase => phase.Cached));
        Same(Run("ddtcdr", target: "uk", source: "jp"), other);
        ExperimentOutcome mixed = Run(
            "ddtcdr", options: s_settings with { Model = s_settings.Model with { Ddtcdr = new DdtcdrOptions { Alpha = 0.5 } } },
            stages: Cache());
        Assert.Equal([true, true, false], mixed.Phases.Select(phase => phase.Cached));
    }

    [Fact]
    public void Market_names_may_contain_characters_that_file_names_cannot()
    {
        string source = $"a/b: {new string('x', 300)}";
        ExperimentOutcome expected = Run("ddtcdr", source: source, stages: Cache());
        Assert.All(Directory.GetFileSystemEntries(_directory.Root), entry => Assert.True(File.Exists(entry)));
        ExperimentOutcome again = Run("ddtcdr", source: source, stages: Cache());
        Assert.All(again.Phases, phase => Assert.True(phase.Cached));
        Same(expected, again);
    }

    private void GoesOn(string method, TrainingSettings options, string phase, int epoch)
    {
        ExperimentOutcome expected = Run(method, options: options);
        Assert.Throws<OperationCanceledException>(() => Run(method, options: options, stages: Own(resumes: false), progress: CutOff));
        _said.Clear();
        List<(string, int)> trained = [];
        ExperimentOutcome resumed =
            Run(method, options: options, stages: Own(resumes: true), progress: p => trained.Add((p.Phase, p.Epoch)));
        Same(expected, resumed);
        Assert.Equal((phase, epoch), trained[0]);
        Assert.Equal(expected.Phases.Select(p => p with { Seconds = 0 }), resumed.Phases.Select(p => p with { Seconds = 0 }));

        void CutOff(TrainingProgress p)
        {
            if (p.Phase == phase && p.Epoch == epoch)
                throw new OperationCanceledException();
        }
    }

    [Fact]
    public void A_run_without_resume_starts_over_and_a_finished_run_leaves_no_stages()
    {
        Run("gmf++", stages: Own(resumes: false));
        string stages = Path.Combine(_directory.Root, "stages");
        Assert.Single(Directory.GetFiles(stages));
        StageStore store = Own(resumes: false);
        Assert.False(Directory.Exists(stages));
        Run("gmf++", stages: store);
        StageStore.OfRun(_directory.Root).Remove();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Theory]
    [InlineData("nmf++", "nmf++", 3)]
    [InlineData("maml", "maml", 5)]
    [InlineData("ddtcdr", "ddtcdr", 7)]
    [InlineData("forec", "forec", 11)]
    public void A_run_stopped_within_an_epoch_resumes_at_that_round(
        string method, string phase, int round)
    {
        foreach (KeptEpoch keep in Enum.GetValues<KeptEpoch>())
        {
            TrainingSettings options = s_settings with
            {
                Gradient = s_settings.Gradient with { KeptEpoch = keep },
                Samples = s_settings.Samples with { BatchSize = 64 },
            };
            ExperimentOutcome expected = Run(method, options: options);
            using CancellationTokenSource stop = new();
            int rounds = 0;
            Assert.Throws<OperationCanceledException>(() => Run(
                method, options: options, stages: Own(resumes: false), stopping: stop, progress: p =>
            {
                if (p.Phase == phase && p.Epoch == 2 && ++rounds == round)
                    stop.Cancel();
            }));
            _said.Clear();
            List<TrainingProgress> trained = [];
            Same(expected, Run(method, options: options, stages: Own(resumes: true), progress: trained.Add));
            Assert.Contains(_said, line => line.StartsWith($"{phase}: 1 epochs and {round} rounds taken from", StringComparison.Ordinal));
            Assert.Equal((phase, 2), (trained[0].Phase, trained[0].Epoch));
        }
    }

    [Fact]
    public void A_checkpoint_that_is_due_is_written_within_the_epoch()
    {
        StageStore store = new(null, _directory.Root, resumes: false, TimeSpan.FromTicks(1), _said.Add, _said.Add);
        List<string> there = [];
        Run("gmf++", stages: store, progress: p =>
        {
            if (p is { Epoch: 1, EpochFraction: < 1 })
                there.AddRange(Directory.GetFiles(Path.Combine(_directory.Root, "stages"), "*.unfinished.safetensors"));
        });
        Assert.NotEmpty(there);
    }

    [Fact]
    public void A_stage_with_a_tensor_of_another_type_is_trained_again()
    {
        ExperimentOutcome expected = Run("gmf++", stages: Cache());
        string file = Directory.GetFiles(_directory.Root, "gmf++-*").Single();
        File.WriteAllText(file, File.ReadAllText(file, System.Text.Encoding.Latin1).Replace("\"F32\"", "\"I32\"", StringComparison.Ordinal),
            System.Text.Encoding.Latin1);
        Assert.All(SafetensorsFile.Read(file).Tensors, tensor => Assert.Equal(SafeDtype.I32, tensor.Dtype));
        Same(expected, Run("gmf++", stages: Cache()));
        Assert.Contains(_said, line => line.Contains("damaged", StringComparison.Ordinal));
        Assert.True(Run("gmf++", stages: Cache()).Phases.Single().Cached);
    }

    [Fact]
    public void A_cache_that_can_no_longer_be_written_only_causes_a_warning()
    {
        string cache = _directory["cache"];
        StageStore store = new(cache, _directory["run"], resumes: false, TimeSpan.Zero, _said.Add, _said.Add);
        Directory.Delete(cache);
        File.WriteAllText(cache, "in its place");
        Same(Run("nmf++"), Run("nmf++", stages: store));
        Assert.Equal(3, Directory.GetFiles(_directory[Path.Combine("run", "stages")]).Length);
        Assert.StartsWith("gmf++: not saved, training continues; ", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_refused_before_training()
    {
        File.WriteAllText(_directory["file"], "");
        Assert.ThrowsAny<IOException>(() => new StageStore(_directory["file"], null, resumes: false, TimeSpan.Zero, _said.Add, _said.Add));
    }

    [Fact]
    public void Other_files_in_the_stages_directory_are_kept()
    {
        string stages = Path.Combine(_directory.Root, "stages");
        Directory.CreateDirectory(Path.Combine(stages, "kept"));
        string lookalike = $"gmf-{new string('0', 32)}.safetensors";
        SafetensorsFile.Write(Path.Combine(stages, lookalike), [SafeTensor.Of("mine", [1f], 1)]);
        File.WriteAllText(Path.Combine(stages, "notes.txt"), "mine");
        StageStore store = Own(resumes: false);
        Run("gmf++", stages: store);
        Assert.Equal(4, Directory.GetFileSystemEntries(stages).Length);
        StageStore.OfRun(_directory.Root).Remove();
        Assert.Equal([lookalike, "kept", "notes.txt"],
            Directory.GetFileSystemEntries(stages).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_target_of_a_link_at_the_path_of_the_stages_is_kept()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("links need a privilege on Windows");
        Run("gmf++", stages: new StageStore(null, _directory["other"], resumes: false, TimeSpan.Zero, _said.Add, _said.Add));
        string others = _directory[Path.Combine("other", "stages")];
        Directory.CreateDirectory(_directory["run"]);
        Directory.CreateSymbolicLink(_directory[Path.Combine("run", "stages")], others);
        StageStore.OfRun(_directory["run"]).Remove();
        Assert.Single(Directory.GetFiles(others));
    }

    [Fact]
    public void A_divergence_error_names_the_step_the_tensor_and_the_last_good_checkpoint()
    {
        TrainingSettings steep = s_settings with { MetaLearning = s_settings.MetaLearning with { InnerLearningRate = 1e38 } };
        string message = Assert.Throws<DivergedException>(() => Run("maml", options: steep, stages: Own(resumes: false))).Message;
        Assert.StartsWith("maml: the loss is not finite at step 1 (epoch 1)", message, StringComparison.Ordinal);
        string checkpoint = Directory.GetFiles(Path.Combine(_directory.Root, "stages"), "nmf++-*").Single();
        Assert.EndsWith($"the last good checkpoint is {checkpoint}", message, StringComparison.Ordinal);

        message = Assert.Throws<DivergedException>(
            () => Run("gmf++", options: s_settings with { LearningRate = 1e30 }, stages: Own(resumes: false))).Message;
        Assert.EndsWith("there is no checkpoint yet", message, StringComparison.Ordinal);
    }

    private StageStore Cache() => new(_directory.Root, null, resumes: false, TimeSpan.Zero, _said.Add, _said.Add);

    private StageStore Own(bool resumes) => new(null, _directory.Root, resumes, TimeSpan.Zero, _said.Add, _said.Add);

    private static IReadOnlyList<Phase> PhasesOf(string method) => PlanCatalog.Find(method).Phases;

    private static void Same(ExperimentOutcome expected, ExperimentOutcome found)
    {
        Assert.Equal(
            expected.Network().Parameters.Select(p => p.Value.Values.Span.ToArray()),
            found.Network().Parameters.Select(p => p.Value.Values.Span.ToArray()));
        Assert.Equal(expected.Tested().Scores, found.Tested().Scores);
        Assert.Equal(expected.Valid?.Result.Means, found.Valid?.Result.Means);
        Assert.Equal(expected.Optimiser?.Steps, found.Optimiser?.Steps);
        Assert.Equal(
            Kept(expected), Kept(found), (a, b) => a.Name == b.Name && a.Values.SequenceEqual(b.Values));

        static (string Name, Real[] Values)[] Kept(ExperimentOutcome outcome) =>
            [.. (outcome.Optimiser?.State ?? []).Select(tensor => (tensor.Name, tensor.Values.Span.ToArray()))];
        Assert.Equal(
            expected.Phases.Select(p => p with { Seconds = 0, Cached = false }),
            found.Phases.Select(p => p with { Seconds = 0, Cached = false }));
    }

    private static ExperimentOutcome Run(
        string method, string target = "jp", string source = "uk", TrainingSettings? options = null, ulong seed = 1, ulong dataSeed = 1,
        StageStore? stages = null, Action<TrainingProgress>? progress = null, CancellationTokenSource? stopping = null)
    {
        using SimdDevice device = new(1);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = target,
            Sources = [source],
            Settings = options ?? s_settings,
            Seed = seed,
            EvaluationNegatives = 15,
        };
        return new ExperimentRunner(device, stages: stages, stop: stopping?.Token ?? default).Run(
            experiment,
            [.. ((string[])[target, source]).Select(name => TestMarkets.Prepared(name, dataSeed, users: name == "uk" ? 40 : 30))],
            null, Metric.Default, progress);
    }
}
