// The tape adds to gradients, refuses misuse, allocates nothing in a repeated pass, and gives the same bits on every
// device. The derivatives themselves are checked in Gradients/ and, in double precision, in tests/ForecEngine.Gradients.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Autodiff;

public sealed class TapeTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void Results_of_every_device_are_bit_for_bit_those_of_the_scalar_device(DeviceChoice choice, MatrixShape shape, Seed seed)
    {
        using IDevice device = choice.Create();
        Assert.Equal(Played(_device, shape, seed.Value, passes: 2), Played(device, shape, seed.Value, passes: 2));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void A_pass_does_not_depend_on_the_passes_before_it(MatrixShape before, MatrixShape shape, Seed seed)
    {
        Graph first = new(_device, before, seed.Value), second = new(_device, shape, seed.Value);
        Tape tape = new(_device);
        first.Play(tape);
        tape.Reset();
        second.Play(tape);
        Assert.Equal(Played(_device, shape, seed.Value, passes: 1), second.Gradients());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_repeated_pass_allocates_nothing(int threads)
    {
        using IDevice device = threads == 0 ? new ScalarDevice() : new SimdDevice(threads);
        Graph graph = new(device, new MatrixShape(60, 16), seed: 1);
        Tape tape = new(device);
        for (int pass = 0; pass < 50; pass++)
            Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 20; pass++)
            Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            tape.Reset();
            graph.Clear();
            graph.Play(tape);
        }
    }

    [Fact]
    public void Backward_adds_to_existing_gradients()
    {
        DenseParameter x = Parameter("x", 1, 2, [3, 5]);
        Tape tape = new(_device);
        Tensor square = tape.Multiply(tape.Parameter(x), tape.Parameter(x));
        tape.Backward(square);
        Assert.Equal([6, 10], x.Gradient.Values.Span.ToArray());
        tape.Backward(square);
        Assert.Equal([12, 20], x.Gradient.Values.Span.ToArray());
        x.ClearGradient();
        Assert.Equal([0, 0], x.Gradient.Values.Span.ToArray());
    }

    [Fact]
    public void Backward_from_a_parameter_adds_ones_to_its_gradient()
    {
        DenseParameter x = Parameter("x", 1, 2, [3, 5]);
        Tape tape = new(_device);
        Tensor leaf = tape.Parameter(x);
        tape.Backward(leaf);
        tape.Backward(leaf);
        Assert.Equal([2, 2], x.Gradient.Values.Span.ToArray());
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void A_tensor_used_as_both_operands_gets_both_adjoints(DeviceChoice choice, MatrixShape shape, Seed seed)
    {
        using IDevice device = choice.Create();
        DenseParameter x = new(device, "x", 1 + shape.Rows, shape.Columns);
        Initial.Normal(x, 1, seed.Value, "test");
        Tape tape = new(device);
        Tensor leaf = tape.Parameter(x);
        tape.Backward(tape.Add(leaf, leaf));
        Assert.All(x.Gradient.Values.Span.ToArray(), g => Assert.Equal(2, g));
        tape.Backward(tape.Concatenate(leaf, leaf));
        Assert.All(x.Gradient.Values.Span.ToArray(), g => Assert.Equal(4, g));
        x.ClearGradient();
        tape.Backward(tape.Multiply(leaf, leaf));
        Assert.Equal(x.Value.Values.Span.ToArray().Select(v => 2 * v), x.Gradient.Values.Span.ToArray());
    }

    [Fact]
    public void A_tape_that_does_not_record_computes_values_and_refuses_backward()
    {
        DenseParameter x = Parameter("x", 1, 2, [3, -5]);
        Tape tape = new(_device, recording: false);
        Tensor y = tape.Relu(tape.Parameter(x));
        Assert.Equal([3, 0], y.Value.Values.Span.ToArray());
        Assert.False(y.NeedsGradient);
        Assert.Contains(
            "does not record", Assert.Throws<InvalidOperationException>(() => tape.Backward(y)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_of_a_constant_is_refused()
    {
        Tape tape = new(_device);
        Tensor y = tape.Sigmoid(tape.Constant(Parameter("x", 1, 2, [3, -5]).Value));
        Assert.Contains("no parameter", Assert.Throws<InvalidOperationException>(() => tape.Backward(y)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_beside_a_parameter_gets_no_adjoint()
    {
        DenseParameter x = Parameter("x", 1, 2, [3, 5]), c = Parameter("c", 1, 2, [7, 11]);
        Tape tape = new(_device);
        tape.Backward(tape.Multiply(tape.Constant(c.Value), tape.Parameter(x)));
        Assert.Equal([7, 11], x.Gradient.Values.Span.ToArray());
        Assert.Equal([0, 0], c.Gradient.Values.Span.ToArray());
    }

    [Fact]
    public void A_branch_that_does_not_reach_the_output_gets_no_gradient()
    {
        DenseParameter x = Parameter("x", 1, 2, [3, 5]), aside = Parameter("aside", 1, 2, [7, 11]);
        Tape tape = new(_device);
        Tensor y = tape.Sigmoid(tape.Parameter(x));
        tape.Relu(tape.Multiply(y, tape.Parameter(aside)));
        tape.Backward(tape.Add(tape.Parameter(x), tape.Parameter(x)));
        Assert.Equal([2, 2], x.Gradient.Values.Span.ToArray());
        Assert.Equal([0, 0], aside.Gradient.Values.Span.ToArray());
    }

    [Fact]
    public void The_mean_of_no_rows_is_zero()
    {
        DenseParameter x = new(_device, "x", 0, 3);
        Tape tape = new(_device);
        Tensor mean = tape.Mean(tape.Parameter(x));
        tape.Backward(mean);
        Assert.Equal([0], mean.Value.Values.Span.ToArray());
    }

    [Fact]
    public void Errors_name_shapes_that_do_not_fit()
    {
        Tape tape = new(_device);
        Tensor a = tape.Constant(new DenseParameter(_device, "a", 2, 3).Value);
        Tensor b = tape.Constant(new DenseParameter(_device, "b", 3, 2).Value);
        Assert.Contains(
            "Addition of 2 x 3 and 3 x 2", Assert.Throws<ArgumentException>(() => tape.Add(a, b)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "2 rows beside 3 rows", Assert.Throws<ArgumentException>(() => tape.Concatenate(a, b)).Message, StringComparison.Ordinal);
        string dense = Assert.Throws<ArgumentException>(() => new Linear(_device, "layer", 4, 5).Apply(tape, a)).Message;
        Assert.Contains("weight is 5 x 4, but 5 x 3 is needed", dense, StringComparison.Ordinal);
        Segments four = Segments.Write(_device.Allocate<int>(2).Slice(), [0, 4]);
        string sum = Assert.Throws<ArgumentException>(() => tape.SegmentSum(a, _device.Allocate<Real>(4).Slice(), four)).Message;
        Assert.Contains("x is 2 x 3, but 4 x 3 is needed", sum, StringComparison.Ordinal);
        RowIds targets = RowIds.Write(_device.Allocate<int>(2).Slice(), [0, 2]);
        EmbeddingTable items = new(_device, "items", 3, 2), biases = new(_device, "biases", 3, 1);
        RowIds rows = RowIds.Write(_device.Allocate<int>(3).Slice(), [2, 1, 0]);
        string loss = Assert.Throws<ArgumentException>(() => tape.SoftmaxLoss(a, items, rows, biases, rows, targets)).Message;
        Assert.Contains("Vectors is 3 x 2, but 3 x 3 is needed", loss, StringComparison.Ordinal);
    }

    private static Real[] Played(IDevice device, MatrixShape shape, ulong seed, int passes)
    {
        Graph graph = new(device, shape, seed);
        Tape tape = new(device);
        for (int pass = 0; pass < passes; pass++)
        {
            tape.Reset();
            graph.Play(tape);
        }

        return graph.Gradients();
    }

    private DenseParameter Parameter(string name, int rows, int columns, ReadOnlySpan<Real> values)
    {
        DenseParameter made = new(_device, name, rows, columns);
        made.Value.Values.Write(values);
        return made;
    }

    // Every operation of the tape at least once; one table is looked up twice.
    private sealed class Graph
    {
        private readonly Embedding _table;
        private readonly Linear _hidden;
        private readonly Linear _output;
        private readonly DenseParameter _labels;
        private readonly EmbeddingTable _items;
        private readonly EmbeddingTable _bias;
        private readonly RowIds _rows;
        private readonly Segments _segments;
        private readonly RowIds _targets;
        private readonly RowIds _left;
        private readonly RowIds _right;
        private Real _loss;

        public Graph(IDevice device, MatrixShape shape, ulong seed)
        {
            _table = new Embedding(device, "table", 7, shape.Columns);
            _hidden = new Linear(device, "hidden", 2 * shape.Columns, 19);
            _output = new Linear(device, "output", 19 + shape.Columns, 1);
            _labels = new DenseParameter(device, "labels", shape.Rows, 1);
            _table.Initialise(seed, "test", 1);
            _hidden.Initialise(seed, "test");
            _output.Initialise(seed, "test");
            Initial.Uniform(_labels, 1, seed, "test");
            _items = new EmbeddingTable(device, "items", 7, shape.Columns);
            _bias = new EmbeddingTable(device, "bias", 7, 1);
            Initial.Normal(_items, 1, seed, "test");
            Initial.Normal(_bias, 1, seed, "test");
            _rows = RowIds.Write(device.Allocate<int>(7).Slice(), [6, 4, 2, 0, 1, 3, 5]);
            _segments = Segments.Write(device.Allocate<int>(4).Slice(), [0, shape.Rows / 3, shape.Rows / 3, shape.Rows]);
            _targets = RowIds.Write(device.Allocate<int>(3).Slice(), [6, 0, 3]);
            RandomSequence draws = RandomSequence.Named(seed, "ids");
            _left = Rows(0);
            _right = Rows(1);

            RowIds Rows(ulong first) => RowIds.Write(
                device.Allocate<int>(shape.Rows).Slice(),
                [.. Enumerable.Range(0, shape.Rows).Select(i => draws.Below(first + (2 * (ulong)i), 7))]);
        }

        private IReadOnlyList<Parameter> Parameters =>
            [_table.Table, .. _hidden.Parameters, .. _output.Parameters, _items, _bias];

        public void Play(Tape tape)
        {
            Tensor left = _table.Apply(tape, _left), right = _table.Apply(tape, _right);
            Tensor hidden = tape.Relu(_hidden.Apply(tape, tape.Concatenate(left, right)));
            Tensor product = tape.Add(tape.Multiply(left, right), tape.Sigmoid(left));
            Tensor logits = _output.Apply(tape, tape.Concatenate(hidden, product));
            Tensor sums = tape.SegmentSum(left, _labels.Value.Values, _segments);
            Tensor overItems = tape.Mean(tape.SoftmaxLoss(sums, _items, _rows, _bias, _rows, _targets));
            Tensor loss = tape.Add(overItems, tape.Mean(tape.BinaryCrossEntropy(logits, tape.Constant(_labels.Value))));
            tape.Backward(loss);
            _loss = loss.Value.Values.Span[0];
        }

        public void Clear()
        {
            _table.Table.ClearGradient();
            _hidden.Weight.ClearGradient();
            _hidden.Bias.ClearGradient();
            _output.Weight.ClearGradient();
            _output.Bias.ClearGradient();
            _items.ClearGradient();
            _bias.ClearGradient();
        }

        // The loss and every gradient, one after another.
        public Real[] Gradients() => [_loss, .. Parameters.SelectMany(p => p switch
        {
            DenseParameter dense => dense.Gradient.Values.Span.ToArray(),
            EmbeddingTable table =>
                [.. table.Gradient.Rows.Values.Span.ToArray().Select(i => (Real)i), .. table.Gradient.Values.Values.Span],
            _ => throw new InvalidOperationException(p.Name),
        })];
    }
}
