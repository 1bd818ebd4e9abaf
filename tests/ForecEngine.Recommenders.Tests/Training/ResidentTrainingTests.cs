// Training stays on the device: every method trains in memory that the host cannot read, to the same bits as on the scalar device, and
// nothing is copied between the start of an epoch and reading its losses.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class ResidentTrainingTests
{
    private static readonly TrainingSettings s_settings = new()
    {
        Gradient = new() { Epochs = 2, KeptEpoch = KeptEpoch.Best },
        Samples = new() { BatchSize = 64 },
        Model = new() { Dimension = 3, Layers = [6, 7, 4] },
        Fork = new() { Head = [7, 5], Unfreeze = 1, BatchSize = 32 },
    };

    public static TheoryData<string> Methods =>
        [.. PlanCatalog.Methods.Where(method => PlanCatalog.Find(method).Phases[^1].Fit is GradientFit)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_gradient_method_trains_in_memory_that_the_host_cannot_read_to_the_same_bits_as_the_scalar_device(string method)
    {
        AgreesOnBothDevices(method, s_settings);
    }

    [Theory]
    [InlineData("forec", NegativeSampling.Popularity, RatingLoss.Bce, 0)]
    [InlineData("forec", NegativeSampling.InBatch, RatingLoss.Bce, 0.3)]
    [InlineData("nmf-forec", NegativeSampling.Uniform, RatingLoss.Bpr, 0.3)]
    [InlineData("nmf++", NegativeSampling.InBatch, RatingLoss.SampledSoftmax, 0)]
    [InlineData("bpr-mf++", NegativeSampling.Popularity, RatingLoss.Bpr, 0)]
    [InlineData("bpr-mf++", NegativeSampling.Uniform, RatingLoss.Softmax, 0)]
    [InlineData("ma-gmf++", NegativeSampling.Uniform, RatingLoss.Softmax, 0)]
    public void So_do_other_losses_other_negatives_dropout_and_averaged_weights(
        string method, NegativeSampling sampling, RatingLoss loss, double dropout) => AgreesOnBothDevices(method, s_settings with
        {
            Loss = loss,
            Samples = s_settings.Samples with { NegativeSampling = sampling },
            Model = s_settings.Model with { Dropout = dropout },
            Gradient = s_settings.Gradient with { WeightAveraging = 0.5, Schedule = RateShape.Linear },
            Fork = s_settings.Fork with { Loss = loss },
        });

    private static void AgreesOnBothDevices(string method, TrainingSettings settings)
    {
        using ScalarDevice scalar = new();
        using OpaqueDevice opaque = new();
        (Real[][] weights, double[] scores) = Trained(scalar);
        (Real[][] ownWeights, double[] ownScores) = Trained(opaque);
        Assert.Equal(weights, ownWeights);
        Assert.Equal(scores, ownScores);
        Assert.True(opaque.Writes > 0);

        (Real[][] Weights, double[] Scores) Trained(IDevice device)
        {
            Experiment experiment = new()
            {
                Method = method,
                Preset = "paper",
                Target = "jp",
                Sources = ["de"],
                Settings = settings,
                EvaluationNegatives = 15,
            };
            ExperimentOutcome outcome = new ExperimentRunner(device).Run(
                experiment, [TestMarkets.Prepared("jp", 1, users: 12, items: 40), TestMarkets.Prepared("de", 1, users: 8, items: 40)],
                null, Metric.Default);
            return (
                [.. outcome.Model.Tensors.Select(Values)],
                [.. outcome.Test!.Result.PerUser.OrderBy(metric => metric.Key, StringComparer.Ordinal).SelectMany(metric => metric.Value)]);
        }
    }

    [Theory]
    [InlineData("nmf", false)]
    [InlineData("ma-nmf", false)]
    [InlineData("conet", false)]
    [InlineData("ddtcdr", false)]
    [InlineData("nmf", true)]
    public void Nothing_is_copied_between_the_start_of_an_epoch_and_reading_its_losses(string model, bool meta)
    {
        using OpaqueDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("jp", 1, users: 12, items: 40), TestMarkets.Prepared("de", 1, users: 8, items: 40)]);
        IRecommender trained = ModelCatalog.Create(
            model, device,
            new ModelShape(union.Users, union.Items.Count, 3, model == "ddtcdr" ? Ddtcdr.Widths(3) : [6, 7, 4]) { Markets = 2 });
        trained.Initialise(1, "test", 1);
        AdamOptimiser adam = new(device, trained.Parameters, new AdamOptions(0.01, 1e-7));
        SampleStream[] streams = [.. union.Markets.Select(placed =>
            new SampleStream(device, [placed], new SampleSettings { BatchSize = 20 }, 1, "test", 0))];
        TrainingProgram program = meta
            ? new MetaProgram(device, trained, MetaLearner.Maml, adam, streams, 0.1)
            : new TurnProgram(device, new LossGradient(device, trained, seed: 1), adam, streams);
        long rounds = 0;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int reads = device.Reads, writes = device.Writes, calls = 0;
            program.Begin(epoch, rounds, new ParallelOptions { MaxDegreeOfParallelism = 1 });
            for (int done = 0; done < program.Rounds; calls++)
            {
                int count = Math.Min(program.RoundsAtOnce, program.Rounds - done);
                foreach (RoundResult result in program.Run(done, count))
                    Assert.True(double.IsFinite(result.Loss));
                done += count;
            }

            Assert.Equal(calls, device.Reads - reads); // the losses of many rounds are read together
            Assert.Equal(0, device.Writes - writes);
            rounds += program.Rounds;
        }
    }

    private static Real[] Values(SafeTensor tensor)
    {
        Real[] values = new Real[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }
}
