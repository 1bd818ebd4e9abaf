// A compiled network gives the same bits as the tape: the loss, every gradient, every logit and complete trainings, for any network
// (market-aware, forked, partly frozen), any minibatch and any number of threads.

using System.Runtime.InteropServices;
using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class NetworkProgramTests(NetworkProgramTests.Devices devices) : IClassFixture<NetworkProgramTests.Devices>
{
    [Property(MaxTest = 60)]
    public Property Losses_and_gradients_are_bit_for_bit_those_of_the_tape() => Prop.ForAll(Cases().ToArbitrary(), @case =>
    {
        byte[] expected = Outcome(devices.Scalar, @case);
        foreach (SimdDevice device in devices.Vector)
            Assert.Equal(expected, Outcome(device, @case));
    });

    [Property(MaxTest = 60)]
    public Property Scores_are_bit_for_bit_those_of_the_tape() => Prop.ForAll(Cases().ToArbitrary(), @case =>
    {
        (IRecommender expecting, Minibatch batch) = Build(devices.Scalar, @case);
        Real[] expected = expecting.Logits(new Tape(devices.Scalar, recording: false), batch).Value.Values.Span.ToArray();
        foreach (SimdDevice device in devices.Vector)
        {
            (IRecommender model, Minibatch same) = Build(device, @case);
            HostStorage<Real> logits = new(same.Count + 1);
            logits.Span[^1] = -7; // one element past the logits, which must keep its value
            Compiled(device, model).Score(same.Samples, logits.Slice(0, same.Count));
            Assert.Equal(BitsOf([.. expected, -7]), BitsOf(logits.Span));
        }
    });

    [Theory]
    [InlineData("gmf", 3, 1)]
    [InlineData("mlp", 64, 2)]
    [InlineData("nmf", 1024, 3)]
    [InlineData("nmf", 129, 4)]
    [InlineData("nmf", 128, 2)]
    [InlineData("ma-gmf", 300, 2)]
    [InlineData("ma-mlp", 1024, 1)]
    [InlineData("ma-nmf", 1024, 3)]
    public void The_networks_of_the_papers_give_the_same_bits_as_the_tape(string model, int samples, int threads)
    {
        Case @case = Small(model) with { Dimension = 8, Layers = [16, 64, 32, 16, 8], Samples = samples, Users = 200, Items = 300 };
        using SimdDevice device = new(threads);
        Assert.Equal(Outcome(devices.Scalar, @case), Outcome(device, @case));
        for (int odds = 0; odds < 12; odds++)
        {
            Case odd = @case with { Weights = odds switch { 0 => Weights.Faint, 1 => Weights.Dead, _ => Weights.Wild }, Seed = odds };
            Assert.Equal(Outcome(devices.Scalar, odd), Outcome(device, odd));
        }

        Case fork = @case with { Head = [16, 32, 16], Unfreeze = 3 };
        if (@case.IsNmf)
            Assert.Equal(Outcome(devices.Scalar, fork), Outcome(device, fork));
    }

    [Theory]
    [InlineData("nmf", 1, AdamMode.Dense)]
    [InlineData("nmf", 3, AdamMode.Dense)]
    [InlineData("nmf", 2, AdamMode.Lazy)]
    [InlineData("ma-nmf", 3, AdamMode.Dense)]
    [InlineData("ma-nmf", 2, AdamMode.Lazy)]
    public void Complete_trainings_are_bit_for_bit_the_same(string model, int threads, AdamMode adam)
    {
        using SimdDevice device = new(threads);
        Assert.Equal(Trained(model, devices.Scalar, adam), Trained(model, device, adam));
    }

    [Theory]
    [InlineData("nmf", 1, AdamMode.Dense)]
    [InlineData("nmf", 2, AdamMode.Dense)]
    [InlineData("nmf", 2, AdamMode.Lazy)]
    [InlineData("ma-nmf", 1, AdamMode.Dense)]
    [InlineData("ma-nmf", 2, AdamMode.Lazy)]
    public void A_training_step_allocates_nothing(string model, int threads, AdamMode adam)
    {
        using SimdDevice device = new(threads);
        Training training = new(model, device, adam);

        // The epochs before have run the shorter last batch too.
        training.Run((3 * training.Batches) + 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        training.Run(training.Batches - 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_network_with_all_parameters_frozen_refuses_to_differentiate()
    {
        (IRecommender model, Minibatch batch) = Build(devices.Vector[0], Small("nmf"));
        foreach (Parameter parameter in model.Parameters)
            parameter.IsFrozen = true;
        INetworkProgram program = Compiled(devices.Vector[0], model);
        string message = Assert.Throws<ArgumentException>(
            () => program.Differentiate(batch.Samples, 1, devices.Vector[0].Allocate<Real>(1).Slice())).Message;
        Assert.Contains("frozen", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 0, 0)]
    [InlineData(0, 4, 0)]
    [InlineData(0, 0, 3)]
    public void An_index_outside_its_table_is_refused(int user, int item, int market)
    {
        (IRecommender model, Minibatch batch) = Build(devices.Vector[0], Small("ma-nmf"));
        batch.Set([0, 1, user, 2, 3], [0, 0, item, 0, 0], [1, 0, 1, 0, 1], [0, 2, market, 1, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Compiled(devices.Vector[0], model).Differentiate(batch.Samples, 1, devices.Vector[0].Allocate<Real>(1).Slice()));
    }

    [Fact]
    public void The_scalar_device_compiles_nothing_and_unsupported_models_are_not_compiled()
    {
        Assert.Null(LossGradient.Compile(new Tape(devices.Scalar), Build(devices.Scalar, Small("gmf")).Model));
        CoNet conet = new(devices.Vector[0], new ModelShape(4, 4, 2, [4, 3]) { Markets = 2 });
        Assert.Null(LossGradient.Compile(new Tape(devices.Vector[0]), conet));
    }

    private static INetworkProgram Compiled(IDevice device, IRecommender model) =>
        LossGradient.Compile(new Tape(device), model) ?? throw new InvalidOperationException("the network is not compiled");

    private static Gen<Case> Cases() =>
        from model in Gen.OneOf(Gen.Elements("gmf", "mlp", "nmf", "ma-gmf", "ma-mlp", "ma-nmf"), Gen.Elements("nmf", "ma-nmf"))
        from dimension in Gen.Frequency((2, Gen.Constant(8)), (1, Gen.Elements(4, 16)), (2, Gen.Choose(1, 20)))
        from layers in Gen.ListOf(Gen.Frequency((1, Gen.Elements(8, 16, 32, 64)), (2, Gen.Choose(1, 70))), 4)
        from depth in Gen.Choose(0, 4)
        from head in Gen.ListOf(Gen.Choose(1, 40), 2)
        from heads in Gen.Choose(0, 2)
        from samples in Gen.Frequency(
            (1, Gen.Constant(1)), (1, Gen.Elements(20, 64, 128, 256)), (3, Gen.Choose(2, 130)), (1, Gen.Choose(200, 600)))
        from users in Gen.Choose(1, 60)
        from items in Gen.Choose(1, 200)
        from markets in Gen.Choose(1, 4)
        from mixed in Gen.Elements(false, true)
        from unfreeze in Gen.Choose(-4, 4)
        from frozen in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(0, (1 << 20) - 1)))
        from weights in Gen.Frequency((2, Gen.Constant(Weights.Ordinary)), (1, Gen.Elements(Weights.Faint, Weights.Dead, Weights.Wild)))
        from seed in Gen.Choose(0, int.MaxValue)
        let widths = (int[])[2 * dimension, .. layers.Take(depth)]
        select new Case
        {
            Model = model,
            Dimension = dimension,
            Layers = widths,
            Head = heads == 0 ? [] : [widths[^1] + dimension, .. head.Take(heads)],
            Unfreeze = unfreeze < 0 ? null : Math.Min(unfreeze, depth),
            Frozen = frozen,
            Weights = weights,
            Samples = samples,
            Users = users,
            Items = items,
            Markets = markets,
            IsMixed = mixed,
            Seed = seed,
        };

    private static Case Small(string model) =>
        new() { Model = model, Dimension = 2, Layers = [4, 3], Samples = 5, Users = 4, Items = 4, Markets = 3, IsMixed = true, Seed = 7 };

    // The bits of the losses, then of the rows and values of every gradient, after two passes that add to them.
    private static byte[] Outcome(IDevice device, Case @case)
    {
        (IRecommender model, Minibatch batch) = Build(device, @case);
        LossGradient gradient = new(device, model);
        HostStorage<Real> losses = new(2);
        List<byte> bits = [];
        gradient.Add(batch, 1, losses.Slice(0, 1));
        gradient.Add(batch, (Real)0.5, losses.Slice(1, 1));
        Add(losses.Span);
        foreach (Parameter parameter in model.Parameters)
        {
            if (parameter is EmbeddingTable table)
                bits.AddRange(MemoryMarshal.AsBytes(table.Gradient.Rows.Values.Span));
            Slice<Real> values =
                parameter is EmbeddingTable { Gradient: var rows } ? rows.Values.Values : ((DenseParameter)parameter).Gradient.Values;
            Add(values.Span);
        }

        return [.. bits];

        void Add(ReadOnlySpan<Real> values) => bits.AddRange(BitsOf(values));
    }

    // Treats all NaNs as equal.
    private static byte[] BitsOf(ReadOnlySpan<Real> values)
    {
        Real[] alike = [.. values];
        foreach (ref Real value in alike.AsSpan())
            value = Real.IsNaN(value) ? Real.NaN : value;
        return MemoryMarshal.AsBytes<Real>(alike).ToArray();
    }

    private static (IRecommender Model, Minibatch Batch) Build(IDevice device, Case @case)
    {
        RandomSequence draws = RandomSequence.Named((ulong)@case.Seed, "fused");
        int[] places = [.. Enumerable.Range(0, @case.Samples)];
        Minibatch batch = new(device, @case.Samples);
        batch.Set(
            [.. places.Select(i => draws.Below((ulong)(4 * i), @case.Users))],
            [.. places.Select(i => draws.Below((ulong)((4 * i) + 1), @case.Items))],
            [.. places.Select(i => (Real)draws.Below((ulong)((4 * i) + 2), 2))],
            [.. places.Select(i => draws.Below(@case.IsMixed ? (ulong)((4 * i) + 3) : 3, @case.Markets))]);
        return (Model(device, @case), batch);
    }

    private static IRecommender Model(IDevice device, Case @case)
    {
        bool isFork = @case.IsNmf && @case.Unfreeze is not null;
        ModelShape shape = new(@case.Users, @case.Items, @case.Dimension, @case.Layers)
        {
            Markets = @case.Markets,
            Head = @case.IsNmf && !isFork ? @case.Head : [],
        };
        IRecommender model = ModelCatalog.Create(@case.Model, device, shape);
        model.Initialise((ulong)@case.Seed, "fused", 1);
        if (isFork)
        {
            Nmf fork = new(device, (Nmf)model, @case.Head, @case.Unfreeze ?? 0);
            fork.InitialiseHead((ulong)@case.Seed, "fused fork");
            OddWeights.Give(fork, @case.Weights, @case.Seed);
            return fork;
        }

        OddWeights.Give(model, @case.Weights, @case.Seed);

        // The output layer is never frozen, so that there is always something to differentiate.
        for (int i = 0; i < model.Parameters.Count - 1; i++)
            model.Parameters[i].IsFrozen = ((@case.Frozen >> (i % 20)) & 1) == 1;
        return model;
    }

    private static Real[] Trained(string model, IDevice device, AdamMode adam)
    {
        Training training = new(model, device, adam);
        training.Run(2 * training.Batches);
        return [.. training.Model.Parameters.SelectMany(p => p.Value.Values.Span.ToArray())];
    }

    /// <summary>A network and a minibatch, of one market or of several.</summary>
    private sealed record Case
    {
        public required string Model { get; init; }

        public required int Dimension { get; init; }

        public required int[] Layers { get; init; }

        public int[] Head { get; init; } = [];

        /// <summary>The number of tower layers that a fork trains; null for a model that is not a fork.</summary>
        public int? Unfreeze { get; init; }

        /// <summary>The frozen parameters, as bits, of a model that is not a fork.</summary>
        public int Frozen { get; init; }

        public Weights Weights { get; init; }

        public required int Samples { get; init; }

        public required int Users { get; init; }

        public required int Items { get; init; }

        public required int Markets { get; init; }

        public required bool IsMixed { get; init; }

        public required int Seed { get; init; }

        /// <summary>Whether the network may have a head and be a fork.</summary>
        public bool IsNmf => Model.EndsWith("nmf", StringComparison.Ordinal);

        public override string ToString() =>
            $"{Model} {Dimension} [{string.Join(',', Layers)}] [{string.Join(',', Head)}], unfreeze {Unfreeze}, frozen {Frozen:b}, "
            + $"{Weights} weights, {Samples} samples of {Users} x {Items}, markets {Markets}{(IsMixed ? " mixed" : "")}, seed {Seed}";
    }

    private sealed class Training
    {
        private readonly SampleStream _stream;
        private readonly LossGradient _gradient;
        private readonly AdamOptimiser _optimiser;
        private readonly Slice<Real> _loss;
        private int _next;

        public Training(string model, IDevice device, AdamMode adam)
        {
            MarketUnion union = new(
                [TestMarkets.Prepared("de", 2, users: 20, items: 80), TestMarkets.Prepared("jp", 1, users: 60, items: 80)]);
            Model =
                ModelCatalog.Create(model, device, new ModelShape(union.Users, union.Items.Count, 8, [16, 64, 32, 16, 8]) { Markets = 2 });
            Model.Initialise(1, "test", 1);
            _gradient = new LossGradient(device, Model);
            _optimiser = new AdamOptimiser(device, Model.Parameters, new AdamOptions(0.01, 1e-7, adam));
            _loss = device.Allocate<Real>(1).Slice();
            _stream = new SampleStream(device, union.Markets, new SampleSettings { BatchSize = 300 }, 1, model, 0);
            _stream.Begin(0);
        }

        public IRecommender Model { get; }

        public int Batches => _stream.Batches;

        public void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                _gradient.Add(_stream.BatchAt(_next++), 1, _loss);
                _optimiser.Update(_loss);
            }
        }
    }

    public sealed class Devices : IDisposable
    {
        public IDevice Scalar { get; } = new ScalarDevice();

        internal SimdDevice[] Vector { get; } =
        [
            .. from bits in (int[])[128, 256, 512]
               where bits <= SimdDevice.WidestVectorBits
               from threads in (int[])[1, 2, 3, 4]
               select new SimdDevice(threads, bits),
        ];

        public void Dispose()
        {
            foreach (SimdDevice device in Vector)
                device.Dispose();
        }
    }
}
