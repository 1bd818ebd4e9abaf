// First-order MAML, Reptile and ANIL in double precision agree with clones that take the inner steps and, for a small model, with a
// calculation by hand.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Tests;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>Compares the meta-learners with the formulas of their papers.</summary>
public sealed class MetaLearningTests
{
    private const int Size = 20;
    private const double Inner = 0.1;

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 15)]
    public void Maml_is_the_mean_of_the_gradients_of_clones_that_took_a_step(Seed seed, byte markets)
    {
        using Setting setting = new(seed.Value, 1 + (markets % 3));
        setting.Compare(MetaLearner.Maml, (clone, adapt, evaluate) =>
        {
            clone.Descend(adapt, clone.Model.Parameters);
            return clone.Gradient(evaluate);
        }, tolerance: 1e-12);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 15)]
    public void Anil_is_the_mean_of_the_gradients_of_clones_whose_output_layer_took_a_step(Seed seed, byte markets)
    {
        using Setting setting = new(seed.Value, 1 + (markets % 3));
        setting.Compare(MetaLearner.Anil, (clone, adapt, evaluate) =>
        {
            clone.Descend(adapt, [.. clone.Model.Output.Parameters]);
            return clone.Gradient(evaluate);
        }, tolerance: 1e-12);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 15)]
    public void Reptile_is_the_mean_displacement_of_clones_after_two_steps_divided_by_the_inner_rate(Seed seed, byte markets)
    {
        using Setting setting = new(seed.Value, 1 + (markets % 3));
        setting.Compare(MetaLearner.Reptile, (clone, adapt, evaluate) =>
        {
            Real[][] before = Values(clone.Model);
            clone.Descend(adapt, clone.Model.Parameters);
            clone.Descend(evaluate, clone.Model.Parameters);
            return [.. before.Zip(Values(clone.Model), (from, to) => (Real[])[.. from.Zip(to, (a, b) => (a - b) / Inner)])];
        }, tolerance: 1e-12);
    }

    [Fact]
    public void With_one_market_and_one_sample_maml_agrees_with_a_calculation_by_hand()
    {
        // GMF of dimension 2: z = w . (p q) + b, so with d = sigmoid(z) - y the gradients are d p q, d, d w q and d w p.
        const double Rate = 0.01, L2 = 1e-3;
        const int Dimension = 2;
        using ScalarDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("jp", 1, users: 3, items: 14)]);
        SampleSettings samples = new() { BatchSize = 1 };
        Gmf model = new(device, new ModelShape(union.Users, union.Items.Count, Dimension, [4, 1]));
        model.Initialise(1, "test", 1);
        SampleStream[] streams = [new(device, union.Markets, samples, 1, "maml", 0)];
        SampleStream[] again = [new(device, union.Markets, samples, 1, "maml", 0)];
        streams[0].Begin(0);
        again[0].Begin(0);
        MetaProgram program = new(
            device, model, MetaLearner.Maml, new AdamOptimiser(device, model.Parameters, new AdamOptions(Rate, L2)), streams, Inner);

        int users = union.Users * Dimension, items = union.Items.Count * Dimension, w = users + items, b = w + Dimension;
        double[] theta = [.. Values(model).SelectMany(values => values)];
        double[] first = new double[theta.Length], second = new double[theta.Length];
        for (int t = 1; t <= 10; t++)
        {
            program.Run(t - 1, 1);

            double[] adapted = [.. theta.Zip(ByHand(theta, again[0].BatchAt(2 * (t - 1))), (value, slope) => value - (Inner * slope))];
            double[] gradient = ByHand(adapted, again[0].BatchAt((2 * (t - 1)) + 1));
            for (int i = 0; i < theta.Length; i++)
            {
                double slope = gradient[i] + (L2 * theta[i]);
                first[i] = (0.9 * first[i]) + (0.1 * slope);
                second[i] = (0.999 * second[i]) + (0.001 * slope * slope);
                theta[i] -= Rate * (first[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
        }

        Assert.Equal(theta, Values(model).SelectMany(values => values), (right, found) => Math.Abs(right - found) < 1e-10);

        double[] ByHand(double[] at, Minibatch batch)
        {
            double[] slope = new double[at.Length];
            int p = batch.Users.Values.Span[0] * Dimension, q = users + (batch.Items.Values.Span[0] * Dimension);
            double z = at[b];
            for (int k = 0; k < Dimension; k++)
                z += at[w + k] * at[p + k] * at[q + k];
            double d = (1 / (1 + Math.Exp(-z))) - batch.Labels.Values.Span[0];
            slope[b] = d;
            for (int k = 0; k < Dimension; k++)
            {
                slope[w + k] = d * at[p + k] * at[q + k];
                slope[p + k] = d * at[w + k] * at[q + k];
                slope[q + k] = d * at[w + k] * at[p + k];
            }

            return slope;
        }
    }

    private static Real[][] Values(IRecommender model) => [.. model.Parameters.Select(p => p.Value.Values.Span.ToArray())];

    /// <summary>A model and some markets to learn from.</summary>
    private sealed class Setting(ulong seed, int markets) : IDisposable
    {
        private readonly ScalarDevice _device = new();
        private readonly MarketUnion _union = new(
            [.. ((string[])["de", "jp", "uk"])[..markets].Select((name, i) => TestMarkets.Prepared(name, seed, users: 8 + (5 * i)))]);

        public void Dispose() => _device.Dispose();

        /// <summary>Compares the gradients of the outer step with the mean of those that a clone per market computes.</summary>
        public void Compare(MetaLearner learner, Func<Clone, Minibatch, Minibatch, Real[][]> part, double tolerance)
        {
            Nmf model = Model();
            Spy spy = new(model);
            SampleStream[] again = Streams();
            MetaProgram program = new(_device, model, learner, spy, Streams(), Inner);
            for (int i = 0; i < 2; i++)
            {
                program.Run(i, 1);
                Real[][] mean = [.. model.Parameters.Select(p => new Real[p.Value.Values.Length])];
                foreach (SampleStream stream in again)
                {
                    (Minibatch adapt, Minibatch evaluate) = (stream.BatchAt(2 * i), stream.BatchAt((2 * i) + 1));
                    foreach ((Real[] sum, Real[] addend) in mean.Zip(part(new Clone(_device, Model()), adapt, evaluate)))
                    {
                        for (int k = 0; k < sum.Length; k++)
                            sum[k] += addend[k] / again.Length;
                    }
                }

                for (int parameter = 0; parameter < mean.Length; parameter++)
                    Assert.Equal(mean[parameter], spy.Seen[parameter], (right, found) => Math.Abs(right - found) <= tolerance);
            }
        }

        private Nmf Model()
        {
            Nmf model = new(_device, new ModelShape(_union.Users, _union.Items.Count, 3, [6, 7, 4]));
            model.Initialise(seed, "test", 1);
            return model;
        }

        private SampleStream[] Streams()
        {
            SampleStream[] streams = [.. _union.Markets.Select(placed => new SampleStream(
                _device, [placed], new SampleSettings { BatchSize = Size }, seed, "maml", 0))];
            foreach (SampleStream stream in streams)
                stream.Begin(0);
            return streams;
        }
    }

    /// <summary>A complete copy of a model that takes plain gradient steps.</summary>
    private sealed class Clone(IDevice device, Nmf model)
    {
        public Nmf Model { get; } = model;

        public void Descend(Minibatch batch, IReadOnlyList<Parameter> moved)
        {
            Backward(batch);
            new SgdOptimiser(device, moved, Inner).Update();
            foreach (Parameter parameter in Model.Parameters)
                parameter.ClearGradient();
        }

        public Real[][] Gradient(Minibatch batch)
        {
            Backward(batch);
            return [.. Model.Parameters.Select(Whole)];
        }

        private void Backward(Minibatch batch)
        {
            Tape tape = new(device);
            tape.Backward(tape.Mean(tape.BinaryCrossEntropy(Model.Logits(tape, batch), tape.Constant(batch.Labels))));
        }
    }

    /// <summary>An optimiser that checks the gradients and leaves the parameters unchanged.</summary>
    private sealed class Spy(IRecommender model) : Optimiser
    {
        public Real[][] Seen { get; private set; } = [];

        public override string Name => "spy";

        public override IReadOnlyList<OptimiserTensor> State => [];

        public override void Update(Slice<Real> loss = default)
        {
            Seen = [.. model.Parameters.Select(Whole)];
            foreach (Parameter parameter in model.Parameters)
                parameter.ClearGradient();
        }
    }

    // The gradient as a dense array of the size of its parameter.
    private static Real[] Whole(Parameter parameter)
    {
        if (parameter is not EmbeddingTable table)
            return ((DenseParameter)parameter).Gradient.Values.Span.ToArray();
        Real[] whole = new Real[table.Value.Values.Length];
        int columns = table.Value.Columns;
        for (int i = 0; i < table.Gradient.Values.Values.Length; i++)
            whole[(table.Gradient.Rows.Values.Span[i / columns] * columns) + (i % columns)] += table.Gradient.Values.Values.Span[i];
        return whole;
    }
}
