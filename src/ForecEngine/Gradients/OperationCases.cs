// A gradient check of every operation of the tape, over random shapes and values. `forec gradcheck` runs them, and tests run them in
// double. A case depends on its seed only.

namespace ForecEngine.Gradients;

/// <summary>A gradient check with random shapes, values and ids, determined by a seed.</summary>
/// <param name="Name">The operation or the model.</param>
/// <param name="Run">Runs the case of a seed on a device.</param>
public sealed record GradientCase(string Name, Func<IDevice, ulong, GradientCheckResult> Run);

/// <summary>The gradient checks of the tape's operations.</summary>
public static class OperationCases
{
    /// <summary>A case for each operation.</summary>
    public static IReadOnlyList<GradientCase> All { get; } =
    [
        Unary("relu", (tape, x) => tape.Relu(x)),
        Unary("sigmoid", (tape, x) => tape.Sigmoid(x)),
        Unary("absolute", (tape, x) => tape.Absolute(x)),
        Unary("scale", (tape, x) => tape.Scale(x, (Real)(-0.75))),
        Unary("gram", (tape, x) => tape.Gram(tape.Scale(x, (Real)(1 / Math.Sqrt(x.Columns))))),
        Unary("mean", (tape, x) => tape.Mean(x)),
        Unary("row-sum", (tape, x) => tape.RowSum(x)),
        // With a column of ones, because the norm of a row near 0 has a kink.
        Unary("row-norm", (tape, x) => tape.RowNorm(tape.Concatenate(x, tape.Constant(x.Rows, 1, 1)))),
        Unary("softmax", (tape, x) => tape.Softmax(x)),
        Unary("bpr-loss", (tape, x) => tape.RowLoss<BprLoss>(x, x.Columns)),
        Unary("sampled-softmax-loss", (tape, x) => tape.RowLoss<SampledSoftmaxLoss>(x, x.Columns)),
        Binary("add", (tape, a, b) => tape.Add(a, b)),
        Binary("multiply", (tape, a, b) => tape.Multiply(a, b)),
        Binary("binary-cross-entropy", (tape, a, b) => tape.BinaryCrossEntropy(a, b)),
        Binary("squared-error", (tape, a, b) => tape.SquaredError(a, b)),
        Binary("concatenate", (tape, a, b) => tape.Concatenate(a, b)),
        Binary("product", (tape, a, b) => tape.Product(tape.Scale(a, (Real)(1 / Math.Sqrt(a.Columns))), b)),
        new("dense", Dense),
        new("dense-without-bias", DenseWithoutBias),
        new("orthogonality", Orthogonality),
        new("dropout", Dropout),
        new("segment-sum", SegmentSum),
        new("softmax-loss", SoftmaxLoss),
        new("lookup", Lookup),
        new("lookup-twice", LookupTwice),
    ];

    private static GradientCheckResult Check(
        IDevice device, ulong seed, Shape shape, Parameter[] parameters, Func<Tape, Tensor> function) =>
        GradientCheck.Run(device, parameters, tape => Weighted(tape, function(tape), shape), GradientCheckOptions.Operation, seed);

    // Random weights, because a plain sum would not detect gradients of elements that are exchanged.
    private static Tensor Weighted(Tape tape, Tensor y, Shape shape) =>
        tape.Multiply(y, tape.Constant(shape.Weights(tape.Device, y.Rows, y.Columns)));

    private static GradientCase Unary(string name, Func<Tape, Tensor, Tensor> operation) => new(name, (device, seed) =>
    {
        Shape shape = new(seed, name);
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        return Check(device, seed, shape, [x], tape => operation(tape, tape.Parameter(x)));
    });

    private static GradientCase Binary(string name, Func<Tape, Tensor, Tensor, Tensor> operation) => new(name, (device, seed) =>
    {
        Shape shape = new(seed, name);
        DenseParameter a = shape.Parameter(device, "a", shape.Rows, shape.Columns);
        DenseParameter b = shape.Parameter(device, "b", shape.Rows, shape.Columns);
        return Check(device, seed, shape, [a, b], tape => operation(tape, tape.Parameter(a), tape.Parameter(b)));
    });

    private static GradientCheckResult Dense(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dense");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        Linear layer = new(device, "layer", shape.Columns, shape.Others);
        layer.Initialise(seed, "gradcheck");
        return Check(device, seed, shape, [x, .. layer.Parameters], tape => layer.Apply(tape, tape.Parameter(x)));
    }

    private static GradientCheckResult DenseWithoutBias(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dense-without-bias");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        DenseParameter weight = new(device, "weight", shape.Others, shape.Columns);
        Initial.Uniform(weight, 1 / Math.Sqrt(shape.Columns), seed, "gradcheck");
        return Check(device, seed, shape, [x, weight], tape => tape.Dense(tape.Parameter(x), weight));
    }

    // Elements of size 1 / sqrt(n) to 2 / sqrt(n), with random signs for whole rows, so that no element of W W' - I is near its kink.
    private static GradientCheckResult Orthogonality(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "orthogonality");
        int side = 1 + shape.Rows;
        DenseParameter weight = new(device, "weight", side, side);
        RandomSequence draws = RandomSequence.Named(seed, "gradcheck/orthogonality/weight");
        weight.Value.Values.Write([.. Enumerable.Range(0, side * side).Select(i =>
        {
            int sign = draws.Below((ulong)((side * side) + (i / side)), 2) == 0 ? 1 : -1;
            return (Real)((1 + draws.Uniform((ulong)i)) * sign / Math.Sqrt(side));
        })]);
        OrthogonalityPenalty penalty = new(device, weight);
        Real scale = (Real)1 / (side * side);
        return GradientCheck.Run(
            device, [weight], tape => tape.Scale(penalty.Apply(tape), scale), GradientCheckOptions.Operation, seed);
    }

    private static GradientCheckResult Dropout(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dropout");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        Dropout dropout = new(device, "gradcheck", 0.5);
        RowIds users = shape.Ids(device, "users"), items = shape.Ids(device, "items");
        return Check(device, seed, shape, [x], tape => dropout.Apply(tape, tape.Parameter(x), seed, step: 1, users, items));
    }

    // As many segments as rows; the first has a row, others may be empty.
    private static GradientCheckResult SegmentSum(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "segment-sum");
        RandomSequence draws = RandomSequence.Named(seed, "gradcheck/segment-sum/lengths");
        int[] starts = new int[1 + shape.Rows];
        for (int i = 0; i < shape.Rows; i++)
            starts[i + 1] = starts[i] + (i == 0 ? 1 : 0) + draws.Below((ulong)i, 4);
        Segments segments = Segments.Write(device.Allocate<int>(starts.Length).Slice(), starts);
        DenseParameter x = shape.Parameter(device, "x", starts[^1], shape.Columns);
        Slice<Real> weights = shape.Parameter(device, "weights", starts[^1], 1).Value.Values;
        return Check(device, seed, shape, [x], tape => tape.SegmentSum(tape.Parameter(x), weights, segments));
    }

    // Vectors of about length 1, so that the logits are of magnitude 1.
    private static GradientCheckResult SoftmaxLoss(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "softmax-loss");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        EmbeddingTable items = new(device, "items", shape.Others, shape.Columns), biases = new(device, "biases", shape.Others + 2, 1);
        foreach (EmbeddingTable table in (ReadOnlySpan<EmbeddingTable>)[items, biases])
            Initial.Normal(table, 1, seed, "gradcheck/softmax-loss");
        RowIds rows = Ids(0), biasRows = Ids(2), targets = shape.Ids(device, "targets");
        Real scale = (Real)(1 / Math.Sqrt(shape.Columns));
        return Check(device, seed, shape, [x, items, biases], tape =>
            tape.SoftmaxLoss(tape.Scale(tape.Parameter(x), scale), items, rows, biases, biasRows, targets));

        RowIds Ids(int first) => RowIds.Write(
            device.Allocate<int>(shape.Others).Slice(), [.. Enumerable.Range(first, shape.Others).Reverse()]);
    }

    private static GradientCheckResult Lookup(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "lookup");
        Embedding embedding = shape.Embedding(device);
        RowIds ids = shape.Ids(device, "ids");
        return Check(device, seed, shape, [embedding.Table], tape => tape.Sigmoid(embedding.Apply(tape, ids)));
    }

    // The table's gradient must be the sum over both lookups.
    private static GradientCheckResult LookupTwice(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "lookup-twice");
        Embedding embedding = shape.Embedding(device);
        RowIds left = shape.Ids(device, "left"), right = shape.Ids(device, "right");
        return Check(
            device, seed, shape, [embedding.Table], tape => tape.Multiply(embedding.Apply(tape, left), embedding.Apply(tape, right)));
    }

    /// <summary>The random shape and values of a case.</summary>
    private sealed class Shape(ulong seed, string name)
    {
        private readonly RandomSequence _extents = RandomSequence.Named(seed, $"gradcheck/{name}/shape");
        private Matrix? _weights;

        public int Rows => 1 + _extents.Below(0, 9);

        public int Columns => 1 + _extents.Below(1, 37);

        public int Others => 1 + _extents.Below(2, 37);

        // Cached, because a case needs them in every evaluation.
        public Matrix Weights(IDevice device, int rows, int columns)
        {
            if (_weights is not { } kept || kept.Rows != rows || kept.Columns != columns)
            {
                RandomSequence draws = RandomSequence.Named(seed, $"gradcheck/{name}/weights");
                Storage<Real> storage = device.Allocate<Real>(rows * columns);
                storage.Write(0, [.. Enumerable.Range(0, rows * columns).Select(i => (Real)draws.Normal((ulong)i))]);
                _weights = kept = new Matrix(storage.Slice(), rows, columns);
            }

            return kept;
        }

        public DenseParameter Parameter(IDevice device, string parameter, int rows, int columns)
        {
            DenseParameter made = new(device, parameter, rows, columns);
            Initial.Normal(made, 1, seed, $"gradcheck/{name}");
            return made;
        }

        public Embedding Embedding(IDevice device)
        {
            Embedding made = new(device, "table", Others, Columns);
            made.Initialise(seed, $"gradcheck/{name}", 1);
            return made;
        }

        public RowIds Ids(IDevice device, string purpose)
        {
            RandomSequence draws = RandomSequence.Named(seed, $"gradcheck/{name}/{purpose}");
            int[] ids = [.. Enumerable.Range(0, Rows).Select(i => draws.Below((ulong)i, Others))];
            return RowIds.Write(device.Allocate<int>(Rows).Slice(), ids);
        }
    }
}
