// Meta-learning: compiled visits give the same bits as the tape on any number of threads, an inner rate of 0 gives ordinary training,
// the inner steps leave the parameters unchanged, ANIL changes the output layer alone, and a round allocates nothing. The formulas are
// checked in double precision in tests/ForecEngine.Gradients.

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

public sealed class MetaProgramTests
{
    private const int Size = 20;

    public static TheoryData<string> Learners => ["maml", "reptile", "anil"];

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 15)]
    public void With_an_inner_rate_of_0_maml_is_adam_on_the_mean_query_loss_of_the_markets(Seed seed, byte markets)
    {
        using ScalarDevice device = new();
        MarketUnion union = Union(1 + (markets % 3), seed.Value);
        AdamOptions adam = new(0.01, 1e-7);
        (IRecommender meta, IRecommender plain) = (Model(device, union, seed.Value), Model(device, union, seed.Value));
        SampleStream[] again = Streams(device, union, seed.Value);
        MetaProgram program = new(
            device, meta, MetaLearner.Maml, new AdamOptimiser(device, meta.Parameters, adam), Streams(device, union, seed.Value),
            learningRate: 0);
        AdamOptimiser optimiser = new(device, plain.Parameters, adam);
        Tape tape = new(device);
        for (int i = 0; i < 4; i++)
        {
            program.Run(i, 1);
            foreach (SampleStream stream in again)
            {
                tape.Reset();
                tape.Backward(Loss(tape, plain, stream.BatchAt((2 * i) + 1)), (Real)1 / again.Length);
            }

            optimiser.Update();
            Assert.Equal(Values(plain), Values(meta));
        }
    }

    // The scalar device compiles no networks: it visits the markets through the tape, one after another.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void Compiled_visits_give_the_same_bits_as_the_tape_on_any_number_of_threads(
        Seed seed, byte markets, byte size, byte learner, byte model)
    {
        string method = ((string[])["maml", "reptile", "anil"])[learner % 3];
        string name = ((string[])["nmf", "ma-nmf", "gmf", "mlp"])[method == "anil" ? model % 2 : model % 4];
        int samples = size % 4 == 0 ? 130 + size : 1 + (size % 40);
        using IDevice scalar = new ScalarDevice();
        (Real[][] Values, double Loss) expected = Trained(scalar);
        foreach (int threads in (int[])[1, 2, 3])
        {
            using IDevice device = new SimdDevice(threads);
            (Real[][] values, double loss) = Trained(device);
            Assert.Equal(expected.Values, values);
            Assert.Equal(expected.Loss, loss);
        }

        (Real[][], double) Trained(IDevice device)
        {
            MarketUnion union = Union(1 + (markets % 3), seed.Value);
            IRecommender trained = Model(device, union, seed.Value, name);
            SampleStream[] streams = Streams(device, union, seed.Value, samples);
            MetaProgram program = new(
                device, trained, Learner(method), new AdamOptimiser(device, trained.Parameters, new AdamOptions(0.01, 1e-7)), streams, 0.1);
            double loss = 0;
            for (int round = 0; round < Math.Min(4, program.Rounds); round++)
                loss += program.Run(round, 1)[0].Loss;
            return (Values(trained), loss);
        }
    }

    [Theory]
    [InlineData("maml", true)]
    [InlineData("reptile", true)]
    [InlineData("anil", true)]
    [InlineData("maml", false)]
    [InlineData("reptile", false)]
    [InlineData("anil", false)]
    public void A_round_changes_the_parameters_only_by_the_outer_step(string method, bool vector)
    {
        using IDevice device = vector ? new SimdDevice(2) : new ScalarDevice();
        MarketUnion union = Union(3, 1);
        IRecommender model = Model(device, union, 1);
        Real[][] before = Values(model);
        MetaProgram program = new(device, model, Learner(method), new Still(model), Streams(device, union, 1), learningRate: 3.7);
        for (int i = 0; i < 5; i++)
            program.Run(i, 1);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void The_inner_step_of_anil_changes_only_the_output_layer()
    {
        using ScalarDevice device = new();
        MarketUnion union = Union(2, 1);
        Nmf model = (Nmf)Model(device, union, 1);
        Real[][] before = Values(model);
        InnerStep step = new(device, model, MetaLearner.Anil.AdaptedOf(model), 0.1);
        new LossGradient(device, model).Add(Streams(device, union, 1)[0].BatchAt(0), 1, device.Allocate<Real>(1).Slice());
        step.Move();
        Real[][] inside = Values(model);
        for (int i = 0; i < before.Length; i++)
        {
            if (model.Output.Parameters.Contains(model.Parameters[i]))
                Assert.NotEqual(before[i], inside[i]);
            else
                Assert.Equal(before[i], inside[i]);
        }

        step.Undo();
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void The_inner_step_of_maml_changes_only_table_rows_of_the_minibatch()
    {
        using ScalarDevice device = new();
        MarketUnion union = Union(2, 1);
        Nmf model = (Nmf)Model(device, union, 1);
        Real[] before = model.UserMlp.Table.Value.Values.Span.ToArray();
        new LossGradient(device, model).Add(Streams(device, union, 1)[1].BatchAt(0), 1, device.Allocate<Real>(1).Slice());
        new InnerStep(device, model, MetaLearner.Maml.AdaptedOf(model), 0.1).Move();
        Real[] inside = model.UserMlp.Table.Value.Values.Span.ToArray();
        int moved = Enumerable.Range(0, union.Users).Count(row => !before.AsSpan(8 * row, 8).SequenceEqual(inside.AsSpan(8 * row, 8)));
        Assert.InRange(moved, 1, Size);
        Assert.Equal(before[..(8 * union.Markets[0].Market.Users.Count)], inside[..(8 * union.Markets[0].Market.Users.Count)]);
    }

    [Fact]
    public void An_epoch_has_one_round_per_two_minibatches_of_the_longest_market_and_shorter_markets_start_over()
    {
        using ScalarDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("long", 1, users: 60), TestMarkets.Prepared("short", 1, users: 5)]);
        IRecommender model = Model(device, union, 1);
        SampleStream[] streams = Streams(device, union, 1);
        MetaProgram program = new(device, model, MetaLearner.Maml, new Still(model), streams, 0.1);
        Assert.Equal(streams[0].Batches / 2, program.Rounds);
        Assert.True(2 * program.Rounds > 3 * streams[1].Batches);
        for (int i = 0; i < program.Rounds; i++)
            Assert.InRange(program.Run(i, 1)[0].Samples, 41, 80);
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
        MetaProgram program = new(
            device, model, Learner(method), new AdamOptimiser(device, model.Parameters, new AdamOptions(0.01, 1e-7)),
            Streams(device, union, 1), 0.1);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            program.Begin(epoch, 0, new ParallelOptions { MaxDegreeOfParallelism = 1 });
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < program.Rounds - 1; i++)
                program.Run(i, 1);
            if (epoch == 2) // the epochs before have allocated the buffers
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static MarketUnion Union(int markets, ulong seed) =>
        new([.. ((string[])["de", "jp", "uk"])[..markets].Select((name, i) => TestMarkets.Prepared(name, seed, users: 10 + (5 * i)))]);

    private static IRecommender Model(IDevice device, MarketUnion union, ulong seed, string name = "nmf")
    {
        ModelShape shape = new(union.Users, union.Items.Count, 8, [16, 10, 6]) { Markets = union.Markets.Count };
        IRecommender model = ModelCatalog.Create(name, device, shape);
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static SampleStream[] Streams(IDevice device, MarketUnion union, ulong seed, int size = Size)
    {
        SampleStream[] streams =
        [
            .. union.Markets.Select(
                placed => new SampleStream(device, [placed], new SampleSettings { BatchSize = size }, seed, "maml", 0)),
        ];
        foreach (SampleStream stream in streams)
            stream.Begin(0);
        return streams;
    }

    private static Tensor Loss(Tape tape, IRecommender model, Minibatch batch) =>
        tape.Mean(tape.BinaryCrossEntropy(model.Logits(tape, batch), tape.Constant(batch.Labels)));

    private static Real[][] Values(IRecommender model) => [.. model.Parameters.Select(p => p.Value.Values.Span.ToArray())];

    /// <summary>An outer step that changes no parameter.</summary>
    private sealed class Still(IRecommender model) : Optimiser
    {
        public override string Name => "still";

        public override IReadOnlyList<OptimiserTensor> State => [];

        public override void Update(Slice<Real> loss = default)
        {
            foreach (Parameter parameter in model.Parameters)
                parameter.ClearGradient();
        }
    }
}
