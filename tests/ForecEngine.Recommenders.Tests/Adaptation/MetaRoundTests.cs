// The loop of meta-learning: an inner step of no length is ordinary training, the parameters come back bit for bit, ANIL
// leaves the body alone, and a round allocates nothing. The formulas are held in double, in tests/ForecEngine.Gradients.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Adaptation;

public sealed class MetaRoundTests
{
    private static readonly MetaLearningSettings s_settings = new() { SupportSize = 20 };
    private static readonly SampleSettings s_samples = new() { BatchSize = 20 };

    public static TheoryData<string> Learners => ["maml", "reptile", "anil"];

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 15)]
    public void With_an_inner_step_of_no_length_maml_is_adam_on_the_mean_of_the_markets_evaluation_losses(Seed seed, byte markets)
    {
        using IDevice device = new ScalarDevice();
        MarketUnion union = Union(1 + (markets % 3), seed.Value);
        AdamOptions adam = new(0.01, 1e-7);
        (IRecommender meta, IRecommender plain) = (Model(device, union, seed.Value), Model(device, union, seed.Value));
        MetaRound round = new(device, meta, new TapeStep(device, meta), new Maml(), new AdamOptimiser(device, meta.Parameters, adam), s_settings with { InnerLearningRate = 0 });
        SampleStream[] streams = Streams(union, seed.Value), again = Streams(union, seed.Value);
        AdamOptimiser optimiser = new(device, plain.Parameters, adam);
        Minibatch batch = new(device, s_settings.SupportSize);
        Tape tape = new(device);
        for (int i = 0; i < 4; i++)
        {
            round.Run(streams);
            foreach (SampleStream stream in again)
            {
                stream.Next(batch);
                stream.Next(batch);
                tape.Reset();
                tape.Backward(Loss(tape, plain, batch), (Real)1 / again.Length);
            }

            optimiser.Update();
            Assert.Equal(Values(plain), Values(meta));
        }
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public void A_round_leaves_the_parameters_as_they_were_but_for_the_outer_step(string method)
    {
        using IDevice device = new SimdDevice(2);
        MarketUnion union = Union(3, 1);
        IRecommender model = Model(device, union, 1);
        Real[][] before = Values(model);
        MetaRound round = new(device, model, new TapeStep(device, model), Learner(method), new Still(device, model), s_settings with { InnerLearningRate = 3.7 });
        SampleStream[] streams = Streams(union, 1);
        for (int i = 0; i < 5; i++)
            round.Run(streams);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void The_inner_step_of_anil_moves_the_output_layer_and_nothing_else()
    {
        using IDevice device = new ScalarDevice();
        MarketUnion union = Union(2, 1);
        Nmf model = (Nmf)Model(device, union, 1);
        Real[][] before = Values(model);
        MetaRound round = new(device, model, new TapeStep(device, model), new Anil(), new Still(device, model), s_settings);
        round.Next(Streams(union, 1)[0]);
        round.StepInside();
        Real[][] inside = Values(model);
        for (int i = 0; i < before.Length; i++)
        {
            if (model.Output.Parameters.Contains(model.Parameters[i]))
                Assert.NotEqual(before[i], inside[i]);
            else
                Assert.Equal(before[i], inside[i]);
        }

        round.StepBack();
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void The_inner_step_of_maml_moves_only_the_rows_that_the_minibatch_names()
    {
        using IDevice device = new ScalarDevice();
        MarketUnion union = Union(2, 1);
        Nmf model = (Nmf)Model(device, union, 1);
        Real[] before = model.UserMlp.Table.Value.Values.Span.ToArray();
        MetaRound round = new(device, model, new TapeStep(device, model), new Maml(), new Still(device, model), s_settings);
        round.Next(Streams(union, 1)[1]);
        round.StepInside();
        Real[] inside = model.UserMlp.Table.Value.Values.Span.ToArray();
        int moved = Enumerable.Range(0, union.Users).Count(row => !before.AsSpan(8 * row, 8).SequenceEqual(inside.AsSpan(8 * row, 8)));
        Assert.InRange(moved, 1, s_settings.SupportSize);
        Assert.Equal(before[..(8 * union.Markets[0].Market.Users.Count)], inside[..(8 * union.Markets[0].Market.Users.Count)]);
    }

    [Fact]
    public void An_epoch_has_half_as_many_rounds_as_the_longest_market_has_minibatches_and_shorter_markets_start_over()
    {
        using IDevice device = new ScalarDevice();
        MarketUnion union = new([TestMarkets.Prepared("long", 1, users: 60), TestMarkets.Prepared("short", 1, users: 5)]);
        IRecommender model = Model(device, union, 1);
        MetaRound round = new(device, model, new TapeStep(device, model), new Maml(), new Still(device, model), s_settings);
        SampleStream[] streams = Streams(union, 1);
        int rounds = round.Count(streams);
        Assert.Equal(streams[0].Batches / 2, rounds);
        Assert.True(2 * rounds > 3 * streams[1].Batches);
        for (int i = 0; i < rounds; i++)
            Assert.InRange(round.Run(streams).Samples, 41, 80);
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public void A_round_allocates_nothing(string method)
    {
        using ScalarDevice scalar = new();
        using SimdDevice vector = new(threads: 2);
        AssertAllocatesNothing(scalar, method);
        AssertAllocatesNothing(vector, method);
    }

    private static MetaLearner Learner(string method) => ((MetaFit)PlanCatalog.Find(method).Phases[^1].Fit).Learner;

    private static void AssertAllocatesNothing(IDevice device, string method)
    {
        MarketUnion union = new([TestMarkets.Prepared("de", 1, users: 60, items: 80), TestMarkets.Prepared("jp", 1, users: 60, items: 80)]);
        IRecommender model = Model(device, union, 1);
        MetaRound round = new(device, model, StepChoice.Fastest.Create(device, model), Learner(method), new AdamOptimiser(device, model.Parameters, new AdamOptions(0.01, 1e-7)), s_settings);
        SampleStream[] streams = Streams(union, 1);
        int rounds = round.Count(streams);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            foreach (SampleStream stream in streams)
                stream.Begin(epoch);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < rounds - 1; i++)
                round.Run(streams);
            if (epoch == 2) // those before have made the buffers
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static MarketUnion Union(int markets, ulong seed) =>
        new([.. ((string[])["de", "jp", "uk"])[..markets].Select((name, i) => TestMarkets.Prepared(name, seed, users: 10 + (5 * i)))]);

    private static IRecommender Model(IDevice device, MarketUnion union, ulong seed)
    {
        IRecommender model = ModelCatalog.Create("nmf", device, new ModelShape(union.Users, union.Items.Count, 8, [16, 10, 6]));
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static SampleStream[] Streams(MarketUnion union, ulong seed)
    {
        SampleStream[] streams = [.. union.Markets.Select(placed => new SampleStream([placed], s_samples, seed, "maml", 0))];
        foreach (SampleStream stream in streams)
            stream.Begin(0);
        return streams;
    }

    private static Tensor Loss(Tape tape, IRecommender model, Minibatch batch) =>
        tape.Mean(tape.BinaryCrossEntropy(model.Logits(tape, batch), tape.Constant(batch.Labels)));

    private static Real[][] Values(IRecommender model) => [.. model.Parameters.Select(p => p.Value.Values.Span.ToArray())];

    /// <summary>An outer step of no length.</summary>
    private sealed class Still(IDevice device, IRecommender model) : IOptimiser
    {
        public void Update()
        {
            foreach (Parameter parameter in model.Parameters)
                parameter.ClearGradient(device);
        }
    }
}
