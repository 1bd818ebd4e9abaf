// The training of a phase: the same bits on any number of threads, the kept epoch, the progress reports and the errors.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class PhaseTrainerTests
{
    private static readonly TrainingSettings s_settings = new() { Gradient = new() { Epochs = 3 }, Samples = new() { BatchSize = 128 } };

    [Fact]
    public void Training_gives_the_same_bits_on_any_number_of_threads_and_on_the_scalar_device()
    {
        (Real[] Weights, PhaseResult Result) expected = Trained(new ScalarDevice());
        foreach (int threads in (int[])[1, 2, 3, 2])
        {
            (Real[] weights, PhaseResult result) = Trained(new SimdDevice(threads));
            Assert.Equal(expected.Weights, weights);
            Assert.Equal(Untimed(expected.Result), Untimed(result));
        }

        static PhaseResult Untimed(PhaseResult result) => result with { Seconds = 0, FirstEpochSeconds = 0 };

        static (Real[] Weights, PhaseResult Result) Trained(IDevice device)
        {
            using (device)
            {
                Setup setup = new(device, "nmf", s_settings, "jp", "uk");
                PhaseResult result = setup.Train();
                return (setup.Weights(), result);
            }
        }
    }

    [Fact]
    public void Training_lowers_the_loss()
    {
        using IDevice device = new SimdDevice(1);
        List<double> losses = [];
        Setup setup = new(device, "nmf", s_settings with { Gradient = s_settings.Gradient with { Epochs = 8 } }, "jp");
        setup.Train(progress: p => losses.Add(p.Loss));
        Assert.True(losses[^1] < 0.8 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Minibatches_alternate_between_markets_until_the_longest_market_is_complete()
    {
        using IDevice device = new ScalarDevice();
        TrainingSettings options =
            s_settings with { Gradient = s_settings.Gradient with { Epochs = 2 }, Samples = s_settings.Samples with { BatchSize = 100 } };
        MarketUnion union = new([TestMarkets.Prepared("long", 1, users: 30), TestMarkets.Prepared("short", 1, users: 5)]);
        Recorder recorder = new(Model(device, "gmf", options, union));
        SampleStream[] streams = [.. union.Markets.Select(placed => new SampleStream(device, [placed], options.Samples, 1, "gmf++", 0))];
        SgdOptimiser optimiser = new(device, recorder.Parameters, 0);
        TurnProgram program = new(device, new LossGradient(device, recorder), optimiser, streams);
        recorder.Users.Clear(); // drops the sample with which the program was compiled
        PhaseTrainer trainer = new(device, "gmf++", recorder.Parameters, optimiser, program, options.Gradient, threads: 1);
        List<TrainingProgress> told = [];
        PhaseResult result = trainer.Train(null, told.Add, stop: TestContext.Current.CancellationToken);

        int rounds = streams[0].Batches;
        Assert.True(rounds > streams[1].Batches);
        Assert.Equal(2 * rounds * 2, recorder.Users.Count);
        int border = union.Place("short").UserRows[0];
        for (int i = 0; i < recorder.Users.Count; i++)
            Assert.All(recorder.Users[i], user => Assert.Equal(i % 2 == 1, user >= border));
        Assert.Equal(recorder.Users.Sum(users => users.Length), result.Samples);
        Assert.Equal((2, 2), (result.Epochs, result.BestEpoch));
        Assert.Equal(2 * rounds, told.Count);
        Assert.Equal(result.Samples, told[^1].Samples);
        Assert.Equal((2, 2, 1.0), (told[^1].Epoch, told[^1].Epochs, told[^1].EpochFraction));
    }

    [Fact]
    public void Keep_best_restores_the_parameters_of_the_first_of_the_best_epochs()
    {
        double[] scores = [0.1, 0.4, 0.2, 0.4, 0.3];
        List<Real[]> weights = [];
        using IDevice device = new ScalarDevice();
        Setup setup = new(
            device, "gmf", s_settings with { Gradient = s_settings.Gradient with { Epochs = 5, KeptEpoch = KeptEpoch.Best } }, "jp");
        PhaseResult result = setup.Train(() =>
        {
            weights.Add(setup.Weights());
            return scores[weights.Count - 1];
        });
        Assert.Equal((5, 2), (result.Epochs, result.BestEpoch));
        Assert.Equal(weights[1], setup.Weights());
        Assert.NotEqual(weights[4], setup.Weights());
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(9, 8)]
    public void Training_stops_after_as_many_epochs_without_a_better_score_as_the_patience_and_keeps_the_best(int patience, int epochs)
    {
        double[] scores = [0.1, 0.4, 0.2, 0.4, 0.5, 0.3, 0.2, 0.1];
        int best = scores[..epochs].Index().MaxBy(score => score.Item).Index + 1;
        List<Real[]> weights = [];
        List<TrainingProgress> told = [];
        using IDevice device = new ScalarDevice();
        Setup setup = new(
            device, "gmf", s_settings with { Gradient = s_settings.Gradient with { Epochs = 8, Patience = patience } }, "jp");
        PhaseResult result = setup.Train(
            () =>
            {
                weights.Add(setup.Weights());
                return scores[weights.Count - 1];
            },
            told.Add);
        Assert.Equal((epochs, best), (result.Epochs, result.BestEpoch));
        Assert.Equal(weights[best - 1], setup.Weights());
        Assert.Equal(1, told[^1].PhaseFraction);
        Assert.Equal(result.Samples, told[^1].Samples);
    }

    [Fact]
    public void Averaged_weights_are_validated_and_kept_while_training_continues_from_the_weights_themselves()
    {
        GradientSettings four = s_settings.Gradient with { Epochs = 4 };
        List<Real[]> weights = [], means = [];
        using IDevice device = new ScalarDevice();
        Setup plain = new(device, "gmf", s_settings with { Gradient = four with { KeptEpoch = KeptEpoch.Best } }, "jp");
        plain.Train(() =>
        {
            weights.Add(plain.Weights());
            return 0;
        });
        Setup averaged = new(
            device, "gmf", s_settings with { Gradient = four with { KeptEpoch = KeptEpoch.Best, WeightAveraging = 0.5 } }, "jp");
        averaged.Train(() =>
        {
            means.Add(averaged.Weights());
            return means.Count;
        });
        for (int epoch = 0; epoch < 4; epoch++)
        {
            double[] shares = [.. Enumerable.Range(0, epoch + 1).Select(earlier => Math.Pow(0.5, epoch - earlier))];
            for (int i = 0; i < means[epoch].Length; i++)
                Assert.Equal(shares.Select((share, earlier) => share * weights[earlier][i]).Sum() / shares.Sum(), means[epoch][i], 1e-5);
        }

        Assert.Equal(means[^1], averaged.Weights());
        Setup last = new(device, "gmf", s_settings with { Gradient = four with { WeightAveraging = 0.5 } }, "jp");
        last.Train();
        Assert.Equal(means[^1], last.Weights());
    }

    [Fact]
    public void The_learning_rate_follows_the_schedule_from_step_to_step()
    {
        using IDevice device = new ScalarDevice();
        MarketUnion union = new([TestMarkets.Prepared("jp", 1)]);
        IRecommender model = Model(device, "gmf", s_settings, union);
        RateSchedule schedule = new(RateShape.Linear, DecayStart: 0.5, FinalRate: 0.2);
        SgdOptimiser optimiser = new(device, model.Parameters, 0.1);
        SampleStream stream = new(device, union.Markets, s_settings.Samples, 1, "gmf", 0);
        TurnProgram program = new(device, new LossGradient(device, model), optimiser, [stream]) { Schedule = schedule, Epochs = 3 };
        List<double> factors = [];
        new PhaseTrainer(device, "gmf", model.Parameters, optimiser, program, s_settings.Gradient, threads: 1).Train(
            null, _ => factors.Add(optimiser.RateFactor), stop: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 3 * program.Rounds).Select(step => schedule.FactorAt(step / (3.0 * program.Rounds))), factors);
        Assert.True(factors[^1] < 0.5);
    }

    [Fact]
    public void Keep_last_keeps_the_parameters_of_the_last_epoch_and_does_not_validate()
    {
        using IDevice device = new ScalarDevice();
        Setup setup = new(device, "gmf", s_settings, "jp");
        PhaseResult result = setup.Train(() => throw new InvalidOperationException("validated"));
        Assert.Equal(3, result.BestEpoch);
    }

    [Fact]
    public void The_error_names_a_parameter_that_is_not_finite_and_the_step()
    {
        using IDevice device = new ScalarDevice();
        Setup setup = new(device, "gmf", s_settings, "jp");
        long steps = 0;
        DivergedException e = Assert.Throws<DivergedException>(() => setup.Train(progress: _ =>
        {
            if (++steps == 2)
                setup.Model.Parameters.Single(p => p.Name == "affine_output.weight").Value.Values.Write([Real.NaN]);
        }));
        Assert.StartsWith("gmf: affine_output.weight is not finite at step 3 (epoch 1)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_is_not_finite_after_the_last_loss_is_found_at_the_end_of_the_epoch()
    {
        using IDevice device = new ScalarDevice();
        Setup setup = new(device, "gmf", s_settings, "jp");
        DivergedException e = Assert.Throws<DivergedException>(() => setup.Train(progress: p =>
        {
            if (p.EpochFraction == 1)
                setup.Model.Parameters[0].Value.Values.Write([Real.PositiveInfinity]);
        }));
        Assert.Contains("embedding_user.weight is not finite at step", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_enormous_learning_rate_stops_with_a_one_line_message()
    {
        using IDevice device = new ScalarDevice();
        string message =
            Assert.Throws<DivergedException>(() => new Setup(device, "nmf", s_settings with { LearningRate = 1e30 }, "jp").Train()).Message;
        Assert.StartsWith("nmf: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Infinite_moments_stop_the_training_although_no_parameter_changes()
    {
        using IDevice device = new ScalarDevice();
        string message = Assert.Throws<DivergedException>(
            () => new Setup(device, "gmf", s_settings with { Gradient = s_settings.Gradient with { L2 = 1e30 } }, "jp").Train()).Message;
        Assert.StartsWith("gmf: exp_avg_sq.embedding_user.weight is not finite at step", message, StringComparison.Ordinal);
    }

    private static IRecommender Model(IDevice device, string name, TrainingSettings options, MarketUnion union)
    {
        IRecommender model = ModelCatalog.Create(
            name, device, new ModelShape(union.Users, union.Items.Count, options.Model.Dimension, options.Model.Layers));
        model.Initialise(1, "test", 1);
        return model;
    }

    // A trainer with a model, its optimiser and one stream per market.
    private sealed class Setup
    {
        private readonly PhaseTrainer _trainer;

        public Setup(IDevice device, string name, TrainingSettings options, params string[] markets)
        {
            MarketUnion union = new([.. markets.Select(market => TestMarkets.Prepared(market, 1))]);
            Model = PhaseTrainerTests.Model(device, name, options, union);
            AdamOptimiser adam = new(device, Model.Parameters, new AdamOptions(options.LearningRate ?? 0.01, options.Gradient.L2));
            SampleStream[] streams = [.. union.Markets.Select(placed => new SampleStream(device, [placed], options.Samples, 1, name, 0))];
            TurnProgram program = new(device, new LossGradient(device, Model), adam, streams);
            _trainer = new PhaseTrainer(device, name, Model.Parameters, adam, program, options.Gradient, threads: 2);
        }

        public IRecommender Model { get; }

        public PhaseResult Train(Func<double>? validate = null, Action<TrainingProgress>? progress = null) =>
            _trainer.Train(validate, progress);

        public Real[] Weights() => [.. Model.Parameters.SelectMany(p => p.Value.Values.Span.ToArray())];
    }

    // A model that records the users of its samples.
    private sealed class Recorder(IRecommender model) : IRecommender
    {
        public List<int[]> Users { get; } = [];

        public IReadOnlyList<Parameter> Parameters => model.Parameters;

        public void Initialise(ulong seed, string purpose, double embeddingDeviation) =>
            model.Initialise(seed, purpose, embeddingDeviation);

        public Tensor Logits(Tape tape, Minibatch batch)
        {
            Users.Add(batch.Users.Values.Span.ToArray());
            return model.Logits(tape, batch);
        }

        public IRecommender WithUsers(IDevice device, int users) => model.WithUsers(device, users);
    }
}
