// Every operation of the tape as a gradient check over random shapes and values: what `forec gradcheck` runs and what
// the tests run in double. A case is a function of its seed alone.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Gradients;

/// <summary>A gradient check that a seed makes: random shapes, values and ids.</summary>
/// <param name="Name">The operation or the model.</param>
/// <param name="Run">Runs the case of a seed on a device.</param>
public sealed record GradientCase(string Name, Func<IDevice, ulong, GradientCheckResult> Run);

/// <summary>The gradient checks of the tape's operations.</summary>
public static class OperationCases
{
    /// <summary>One case an operation.</summary>
    public static IReadOnlyList<GradientCase> All { get; } =
    [
        Unary("relu", (tape, x) => tape.Relu(x)),
        Unary("sigmoid", (tape, x) => tape.Sigmoid(x)),
        Unary("absolute", (tape, x) => tape.Absolute(x)),
        Unary("scale", (tape, x) => tape.Scale(x, (Real)(-0.75))),
        Unary("gram", (tape, x) => tape.Gram(tape.Scale(x, (Real)(1 / Math.Sqrt(x.Columns))))),
        Unary("mean", (tape, x) => tape.Mean(x)),
        Unary("row-sum", (tape, x) => tape.RowSum(x)),
        Unary("row-norm", (tape, x) => tape.RowNorm(x)),
        Unary("softmax", (tape, x) => tape.Softmax(x)),
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
        new("lookup", Lookup),
        new("lookup-twice", LookupTwice),
    ];

    // The sum of the elements would not notice two of them exchanged; random weights do.
    private static Tensor Weighted(Tape tape, Tensor y, Shape shape) =>
        tape.Multiply(y, tape.Constant(shape.Weights(tape.Device, y.Rows, y.Columns)));

    private static GradientCase Unary(string name, Func<Tape, Tensor, Tensor> operation) => new(name, (device, seed) =>
    {
        Shape shape = new(seed, name);
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        return GradientCheck.Run(
            device, [x], tape => Weighted(tape, operation(tape, tape.Parameter(x)), shape), GradientCheckOptions.Operation, seed);
    });

    private static GradientCase Binary(string name, Func<Tape, Tensor, Tensor, Tensor> operation) => new(name, (device, seed) =>
    {
        Shape shape = new(seed, name);
        DenseParameter a = shape.Parameter(device, "a", shape.Rows, shape.Columns);
        DenseParameter b = shape.Parameter(device, "b", shape.Rows, shape.Columns);
        return GradientCheck.Run(
            device, [a, b], tape => Weighted(tape, operation(tape, tape.Parameter(a), tape.Parameter(b)), shape), GradientCheckOptions.Operation, seed);
    });

    private static GradientCheckResult Dense(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dense");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        Linear layer = new(device, "layer", shape.Columns, shape.Others);
        layer.Initialise(seed, "gradcheck");
        return GradientCheck.Run(
            device, [x, .. layer.Parameters], tape => Weighted(tape, layer.Apply(tape, tape.Parameter(x)), shape), GradientCheckOptions.Operation, seed);
    }

    private static GradientCheckResult DenseWithoutBias(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dense-without-bias");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns), weight = new(device, "weight", shape.Others, shape.Columns);
        Initial.Uniform(weight, 1 / Math.Sqrt(shape.Columns), seed, "gradcheck");
        return GradientCheck.Run(
            device, [x, weight], tape => Weighted(tape, tape.Dense(tape.Parameter(x), weight), shape), GradientCheckOptions.Operation, seed);
    }

    // Elements between 1 and 2 over the root of their number in a row, whole rows negated: no element of W W' - I, of either sign, is near its kink.
    private static GradientCheckResult Orthogonality(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "orthogonality");
        int side = 1 + shape.Rows;
        DenseParameter weight = new(device, "weight", side, side);
        RandomSequence draws = RandomSequence.Named(seed, "gradcheck/orthogonality/weight");
        weight.Value.Values.Write([.. Enumerable.Range(0, side * side).Select(i =>
            (Real)((1 + draws.Uniform((ulong)i)) * (draws.Below((ulong)((side * side) + (i / side)), 2) == 0 ? 1 : -1) / Math.Sqrt(side)))]);
        OrthogonalityPenalty penalty = new(device, weight);
        return GradientCheck.Run(device, [weight], tape => tape.Scale(penalty.Apply(tape), (Real)1 / (side * side)), GradientCheckOptions.Operation, seed);
    }

    private static GradientCheckResult Dropout(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "dropout");
        DenseParameter x = shape.Parameter(device, "x", shape.Rows, shape.Columns);
        Dropout dropout = new(device, "gradcheck", 0.5);
        RowIds users = shape.Ids(device, "users"), items = shape.Ids(device, "items");
        return GradientCheck.Run(
            device, [x], tape => Weighted(tape, dropout.Apply(tape, tape.Parameter(x), seed, step: 1, users, items), shape),
            GradientCheckOptions.Operation, seed);
    }

    private static GradientCheckResult Lookup(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "lookup");
        Embedding embedding = shape.Embedding(device);
        RowIds ids = shape.Ids(device, "ids");
        return GradientCheck.Run(
            device, [embedding.Table], tape => Weighted(tape, tape.Sigmoid(embedding.Apply(tape, ids)), shape), GradientCheckOptions.Operation, seed);
    }

    // The table's gradient must be the sum over both lookups.
    private static GradientCheckResult LookupTwice(IDevice device, ulong seed)
    {
        Shape shape = new(seed, "lookup-twice");
        Embedding embedding = shape.Embedding(device);
        RowIds left = shape.Ids(device, "left"), right = shape.Ids(device, "right");
        return GradientCheck.Run(
            device, [embedding.Table], tape => Weighted(tape, tape.Multiply(embedding.Apply(tape, left), embedding.Apply(tape, right)), shape), GradientCheckOptions.Operation, seed);
    }

    /// <summary>The random extents and values of one case.</summary>
    private sealed class Shape(ulong seed, string name)
    {
        private readonly RandomSequence _extents = RandomSequence.Named(seed, $"gradcheck/{name}/shape");
        private Matrix? _weights;

        public int Rows => 1 + _extents.Below(0, 9);

        public int Columns => 1 + _extents.Below(1, 37);

        public int Others => 1 + _extents.Below(2, 37);

        // Kept: a case asks for them at every evaluation.
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
            return RowIds.Write(device.Allocate<int>(Rows).Slice(), [.. Enumerable.Range(0, Rows).Select(i => draws.Below((ulong)i, Others))]);
        }
    }
}
