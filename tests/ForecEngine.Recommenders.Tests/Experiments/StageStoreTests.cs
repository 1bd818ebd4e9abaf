// Stages reused from a cache give the same bits as training; damaged or foreign ones are not used.

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

public sealed class StageStoreTests : StageRuns
{
    [Theory]
    [InlineData("nmf-forec", "nmf++")]
    [InlineData("maml", "nmf++")]
    [InlineData("forec", "maml")]
    public void Cached_stages_of_another_method_are_reused_with_the_same_bits(string method, string before)
    {
        ExperimentOutcome expected = Run(method);
        Run(before, stages: Cache());
        Said.Clear();
        ExperimentOutcome cached = Run(method, stages: Cache());
        Same(expected, cached);
        Assert.Equal([.. PhasesOf(before).Select(_ => true), false], cached.Phases.Select(phase => phase.Cached));
        Assert.Equal(PhasesOf(before).Count, Said.Count(line => line.EndsWith(", after epoch 3", StringComparison.Ordinal)));
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
            "epochs" => Settings with { Gradient = Settings.Gradient with { Epochs = 2 } },
            "l2" => Settings with { Gradient = Settings.Gradient with { L2 = 1e-5 } },
            "keep" => Settings with { Gradient = Settings.Gradient with { KeptEpoch = KeptEpoch.Best } },
            "shots" => Settings with { MetaLearning = Settings.MetaLearning with { SupportSize = 10 } },
            "inner_rate" => Settings with { MetaLearning = Settings.MetaLearning with { InnerLearningRate = 0.2 } },
            "adapt_on" => Settings with { MetaLearning = Settings.MetaLearning with { AdaptOn = AdaptOn.Train } },
            "head" => Settings with { Fork = Settings.Fork with { Head = [16, 8] } },
            "unfreeze" => Settings with { Fork = Settings.Fork with { Unfreeze = 1 } },
            "fine_tune_l2" => Settings with { Fork = Settings.Fork with { L2 = 1e-2 } },
            "fine_tune_loss" => Settings with { Fork = Settings.Fork with { Loss = RatingLoss.Mse } },
            "fine_tune_epochs" => Settings with { Fork = Settings.Fork with { Epochs = 1 } },
            _ => Settings,
        };
        ExperimentOutcome outcome =
            Run("forec", options: options, seed: change == "seed" ? 2ul : 1, dataSeed: change == "data" ? 2ul : 1, stages: Cache());
        Assert.Equal(taken, outcome.Phases.Count(phase => phase.Cached));
    }

    [Fact]
    public void A_damaged_stage_is_reported_trained_again_and_replaced()
    {
        ExperimentOutcome expected = Run("nmf++", stages: Cache());
        string file = Directory.GetFiles(Folder.Root, "mlp++-*").Single();
        byte[] bytes = File.ReadAllBytes(file);
        foreach (int place in (int[])[bytes.Length - 1, bytes.Length / 2, 20, 0])
        {
            byte[] damaged = [.. bytes];
            damaged[place] ^= 1;
            File.WriteAllBytes(file, damaged);
            Said.Clear();
            ExperimentOutcome again = Run("nmf++", stages: Cache());
            Same(expected, again);
            Assert.Equal([true, false, true], again.Phases.Select(phase => phase.Cached));
            Assert.Contains(Said, line =>
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
            Folder.Root, run: null, resumes: false, TimeSpan.Zero, Say, Say)))));
        Assert.All(both, outcome => Same(expected, outcome));
        Assert.All(both[0].Phases.Zip(both[1].Phases), pair => Assert.True(pair.First.Cached ^ pair.Second.Cached));
        Assert.Contains(Said, line => line.Contains("another run is training it for", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(Folder.Root));

        void Say(string line)
        {
            lock (gate)
                Said.Add(line);
        }
    }

    [Fact]
    public void The_lock_of_a_killed_run_does_not_stop_the_next()
    {
        Run("gmf", stages: Cache());
        string stage = Directory.GetFiles(Folder.Root, "gmf-*").Single(), left = Path.ChangeExtension(stage, ".lock");
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
        string file = Directory.GetFiles(Folder.Root, "gmf++-*").Single();
        File.Delete(file);
        Run("gmf++", seed: 2, stages: Cache());
        File.Move(Directory.GetFiles(Folder.Root, "gmf++-*").Single(), file);
        Said.Clear();
        ExperimentOutcome again = Run("gmf++", stages: Cache());
        Same(expected, again);
        Assert.Contains(Said, line => line.Contains("belongs to another stage", StringComparison.Ordinal));
    }

    [Fact]
    public void The_gmf_of_each_market_is_reused_for_another_target_and_ddtcdr_is_not()
    {
        Run("ddtcdr", stages: Cache());
        ExperimentOutcome other = Run("ddtcdr", target: "uk", source: "jp", stages: Cache());
        Assert.Equal([true, true, false], other.Phases.Select(phase => phase.Cached));
        Same(Run("ddtcdr", target: "uk", source: "jp"), other);
        ExperimentOutcome mixed = Run(
            "ddtcdr", options: Settings with { Model = Settings.Model with { Ddtcdr = new DdtcdrOptions { Alpha = 0.5 } } },
            stages: Cache());
        Assert.Equal([true, true, false], mixed.Phases.Select(phase => phase.Cached));
    }

    [Fact]
    public void Market_names_may_contain_characters_that_file_names_cannot()
    {
        string source = $"a/b: {new string('x', 300)}";
        ExperimentOutcome expected = Run("ddtcdr", source: source, stages: Cache());
        Assert.All(Directory.GetFileSystemEntries(Folder.Root), entry => Assert.True(File.Exists(entry)));
        ExperimentOutcome again = Run("ddtcdr", source: source, stages: Cache());
        Assert.All(again.Phases, phase => Assert.True(phase.Cached));
        Same(expected, again);
    }

    [Fact]
    public void A_stage_with_a_tensor_of_another_type_is_trained_again()
    {
        ExperimentOutcome expected = Run("gmf++", stages: Cache());
        string file = Directory.GetFiles(Folder.Root, "gmf++-*").Single();
        File.WriteAllText(file, File.ReadAllText(file, System.Text.Encoding.Latin1).Replace("\"F32\"", "\"I32\"", StringComparison.Ordinal),
            System.Text.Encoding.Latin1);
        Assert.All(SafetensorsFile.Read(file).Tensors, tensor => Assert.Equal(SafeDtype.I32, tensor.Dtype));
        Same(expected, Run("gmf++", stages: Cache()));
        Assert.Contains(Said, line => line.Contains("damaged", StringComparison.Ordinal));
        Assert.True(Run("gmf++", stages: Cache()).Phases.Single().Cached);
    }

    [Fact]
    public void A_cache_that_can_no_longer_be_written_only_causes_a_warning()
    {
        string cache = Folder["cache"];
        StageStore store = new(cache, Folder["run"], resumes: false, TimeSpan.Zero, Said.Add, Said.Add);
        Directory.Delete(cache);
        File.WriteAllText(cache, "in its place");
        Same(Run("nmf++"), Run("nmf++", stages: store));
        Assert.Equal(3, Directory.GetFiles(Folder[Path.Combine("run", "stages")]).Length);
        Assert.StartsWith("gmf++: not saved, training continues; ", Assert.Single(Said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_writes_its_finished_stages_to_a_cache_that_lacks_them()
    {
        ExperimentOutcome first = Run("nmf++", stages: Both());
        string[] cached = Directory.GetFiles(Folder["cache"], "*.safetensors");
        byte[][] bytes = [.. cached.Select(File.ReadAllBytes)];
        Assert.Equal(3, cached.Length);
        File.Delete(cached[1]);
        File.Delete(cached[2]);
        Same(first, Run("nmf++", stages: Both()));
        Assert.Equal(bytes, cached.Select(File.ReadAllBytes));

        StageStore Both() => new(Folder["cache"], Folder["run"], resumes: true, TimeSpan.Zero, Said.Add, Said.Add);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_refused_before_training()
    {
        File.WriteAllText(Folder["file"], "");
        Assert.ThrowsAny<IOException>(() => new StageStore(Folder["file"], null, resumes: false, TimeSpan.Zero, Said.Add, Said.Add));
    }
}
