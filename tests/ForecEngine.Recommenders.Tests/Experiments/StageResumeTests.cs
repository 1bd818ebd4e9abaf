// A run that stops resumes from its own stages with the same bits; other files beside the stages are kept.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Tests.Training;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class StageResumeTests : StageRuns
{
    [Theory]
    [InlineData(KeptEpoch.Last, true, "gmf++", 2)]
    [InlineData(KeptEpoch.Last, false, "maml", 3)]
    [InlineData(KeptEpoch.Best, true, "maml", 2)]
    [InlineData(KeptEpoch.Best, true, "forec", 3)]
    [InlineData(KeptEpoch.Last, false, "forec", 1)]
    public void An_interrupted_run_resumes_from_the_last_epoch_with_the_same_bits(
        KeptEpoch keep, bool redraw, string phase, int epoch)
    {
        TrainingSettings settings = Settings with
        {
            Gradient = Settings.Gradient with { KeptEpoch = keep },
            Samples = Settings.Samples with { RedrawNegatives = redraw },
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
        GoesOn(method, Settings with { Gradient = Settings.Gradient with { KeptEpoch = keep } }, phase, epoch);

    [Theory]
    [InlineData("gmf++", 2, 0)]
    [InlineData("mlp++", 2, 0)]
    [InlineData("gmf++", 2, 0.5)]
    [InlineData("forec", 2, 0.5)]
    public void An_interrupted_run_with_a_schedule_early_stopping_and_averaged_weights_resumes_with_the_same_bits(
        string phase, int epoch, double averaging) =>
        GoesOn("forec", Settings with
        {
            Gradient = Settings.Gradient with
            {
                Epochs = 4,
                Patience = 1,
                Schedule = RateShape.Cosine,
                FinalRate = 0.1,
                WeightAveraging = averaging,
            },
        }, phase, epoch);

    [Fact]
    public void A_run_resumed_on_another_device_records_both_and_shares_no_stage_with_runs_on_one()
    {
        ExperimentOutcome expected = Run("maml");
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => Run("maml", stages: Own(resumes: false), stopping: stop, progress: p =>
        {
            if (p is { Phase: "maml", Epoch: 2 })
                stop.Cancel();
        }));
        using OpaqueDevice device = new();
        Experiment resumed = new Experiment { Method = "maml", Preset = "paper", Target = "jp", Settings = Settings }
            .ResumedOn(device, "cpu");
        Assert.Equal("cpu then opaque", resumed.Arithmetic);
        Assert.Equal(["cpu"], resumed.EarlierArithmetics);
        Assert.Equal(resumed.Arithmetic, resumed.On(device).Arithmetic);
        Said.Clear();
        StageStore both = new(Path.Combine(Folder.Root, "cache"), Folder.Root, resumes: true, TimeSpan.Zero, Said.Add, Said.Add);
        ExperimentOutcome found = Run("maml", stages: both, on: device, arithmetic: resumed.Arithmetic);
        Assert.Equal(Values(expected), Values(found)); // this device has the arithmetic of the scalar one
        Assert.Equal(4, Said.Count(line => line.Contains(": taken from", StringComparison.Ordinal)));
        Assert.Equal(resumed.Arithmetic, found.Experiment.Arithmetic);

        // The mixed stage is not that of a run on one of the devices.
        StageStore cache = new(Path.Combine(Folder.Root, "cache"), null, resumes: false, TimeSpan.Zero, Said.Add, Said.Add);
        Said.Clear();
        Run("maml", stages: cache, on: device);
        Assert.DoesNotContain(Said, line => line.StartsWith("maml: taken", StringComparison.Ordinal));

        static float[][] Values(ExperimentOutcome outcome) => [.. outcome.Network().Parameters.Select(parameter =>
        {
            float[] values = new float[parameter.Value.Values.Length];
            parameter.Value.Values.Read(values);
            return values;
        })];
    }

    [Fact]
    public void A_run_without_resume_starts_over_and_a_finished_run_leaves_no_stages()
    {
        Run("gmf++", stages: Own(resumes: false));
        string stages = Path.Combine(Folder.Root, "stages");
        Assert.Single(Directory.GetFiles(stages));
        StageStore store = Own(resumes: false);
        Assert.False(Directory.Exists(stages));
        Run("gmf++", stages: store);
        StageStore.OfRun(Folder.Root).Remove();
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Root));
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
            TrainingSettings options = Settings with
            {
                Gradient = Settings.Gradient with { KeptEpoch = keep },
                Samples = Settings.Samples with { BatchSize = 64 },
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
            Said.Clear();
            List<TrainingProgress> trained = [];
            Same(expected, Run(method, options: options, stages: Own(resumes: true), progress: trained.Add));
            Assert.Contains(
                Said, line => line.StartsWith($"{phase}: taken", StringComparison.Ordinal)
                    && line.EndsWith($", after epoch 1, round {round}", StringComparison.Ordinal));
            Assert.Equal((phase, 2), (trained[0].Phase, trained[0].Epoch));
        }
    }

    [Fact]
    public void A_checkpoint_that_is_due_is_written_within_the_epoch()
    {
        StageStore store = new(null, Folder.Root, resumes: false, TimeSpan.FromTicks(1), Said.Add, Said.Add);
        List<string> there = [];
        Run("gmf++", stages: store, progress: p =>
        {
            if (p is { Epoch: 1, EpochFraction: < 1 })
                there.AddRange(Directory.GetFiles(Path.Combine(Folder.Root, "stages"), "*.unfinished.safetensors"));
        });
        Assert.NotEmpty(there);
    }

    [Fact]
    public void Other_files_in_the_stagesFolder_are_kept()
    {
        string stages = Path.Combine(Folder.Root, "stages");
        Directory.CreateDirectory(Path.Combine(stages, "kept"));
        string lookalike = $"gmf-{new string('0', 32)}.safetensors";
        SafetensorsFile.Write(Path.Combine(stages, lookalike), [SafeTensor.Of("mine", [1f], 1)]);
        File.WriteAllText(Path.Combine(stages, "notes.txt"), "mine");
        StageStore store = Own(resumes: false);
        Run("gmf++", stages: store);
        Assert.Equal(4, Directory.GetFileSystemEntries(stages).Length);
        StageStore.OfRun(Folder.Root).Remove();
        Assert.Equal([lookalike, "kept", "notes.txt"],
            Directory.GetFileSystemEntries(stages).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_target_of_a_link_at_the_path_of_the_stages_is_kept()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("links need a privilege on Windows");
        Run("gmf++", stages: new StageStore(null, Folder["other"], resumes: false, TimeSpan.Zero, Said.Add, Said.Add));
        string others = Folder[Path.Combine("other", "stages")];
        Directory.CreateDirectory(Folder["run"]);
        Directory.CreateSymbolicLink(Folder[Path.Combine("run", "stages")], others);
        StageStore.OfRun(Folder["run"]).Remove();
        Assert.Single(Directory.GetFiles(others));
    }

    [Fact]
    public void A_divergence_error_names_the_step_the_tensor_and_the_last_good_checkpoint()
    {
        TrainingSettings steep = Settings with { MetaLearning = Settings.MetaLearning with { InnerLearningRate = 1e38 } };
        string message = Assert.Throws<DivergedException>(() => Run("maml", options: steep, stages: Own(resumes: false))).Message;
        Assert.StartsWith("maml: the loss is not finite at step 1 (epoch 1)", message, StringComparison.Ordinal);
        string checkpoint = Directory.GetFiles(Path.Combine(Folder.Root, "stages"), "nmf++-*").Single();
        Assert.EndsWith($"the last good checkpoint is {checkpoint}", message, StringComparison.Ordinal);

        message = Assert.Throws<DivergedException>(
            () => Run("gmf++", options: Settings with { LearningRate = 1e30 }, stages: Own(resumes: false))).Message;
        Assert.EndsWith("there is no checkpoint yet", message, StringComparison.Ordinal);
    }

    private void GoesOn(string method, TrainingSettings options, string phase, int epoch)
    {
        ExperimentOutcome expected = Run(method, options: options);
        Assert.Throws<OperationCanceledException>(() => Run(method, options: options, stages: Own(resumes: false), progress: CutOff));
        Said.Clear();
        List<(string, int)> trained = [];
        ExperimentOutcome resumed =
            Run(method, options: options, stages: Own(resumes: true), progress: p => trained.Add((p.Phase, p.Epoch)));
        Same(expected, resumed);
        Assert.Equal((phase, epoch), trained[0]);
        Assert.Equal(expected.Phases.Select(Untimed), resumed.Phases.Select(Untimed));

        static PhaseResult Untimed(PhaseResult result) => result with { Seconds = 0, FirstEpochSeconds = 0 };

        void CutOff(TrainingProgress p)
        {
            if (p.Phase == phase && p.Epoch == epoch)
                throw new OperationCanceledException();
        }
    }
}
