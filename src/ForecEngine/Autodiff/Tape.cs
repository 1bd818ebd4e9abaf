// Reverse-mode automatic differentiation. A pass records operations as it computes them; Backward plays the records
// from last to first, each adding to the adjoints of its arguments. A tape is used again and again: records and memory
// stay where they are, so a step that repeats the one before it allocates nothing.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Autodiff;

/// <summary>Computes with tensors, and remembers how, so as to differentiate.</summary>
/// <remarks>Not for several threads at once; the device beneath uses as many as it has.</remarks>
public sealed class Tape
{
    private readonly bool _recording;
    private readonly List<Operation> _operations = [];
    private readonly Arena _values;
    private readonly Arena _gradients;
    private int _count;

    /// <summary>An empty tape.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="recording">Whether derivatives are wanted; a tape that does not record only scores.</param>
    public Tape(IDevice device, bool recording = true)
    {
        Device = device;
        _recording = recording;
        _values = new Arena(device);
        _gradients = new Arena(device);
    }

    /// <summary>What computes.</summary>
    public IDevice Device { get; }

    /// <summary>Begins a new pass. Tensors of the one before are no longer valid.</summary>
    public void Reset()
    {
        _count = 0;
        _values.Reset();
        _gradients.Reset();
    }

    /// <summary>A constant of the given shape; the tape reads <paramref name="values"/> where they are.</summary>
    public Tensor Constant(Matrix values)
    {
        LeafOperation leaf = Next<LeafOperation>();
        leaf.Output.Set(values, new Matrix(default, values.Rows, values.Columns), needsGradient: false);
        return leaf.Output;
    }

    /// <summary>A constant of the given shape, every element the same.</summary>
    public Tensor Constant(int rows, int columns, Real value)
    {
        Slice<Real> values = _values.Take(checked(rows * columns));
        Device.Fill(values, value);
        return Constant(new Matrix(values, rows, columns));
    }

    /// <summary>A parameter as a tensor: its adjoint is added to the parameter's gradient.</summary>
    public Tensor Parameter(DenseParameter parameter)
    {
        LeafOperation leaf = Next<LeafOperation>();
        bool needsGradient = _recording && !parameter.IsFrozen;
        leaf.Output.Set(parameter.Value, needsGradient ? parameter.Gradient : new Matrix(default, parameter.Value.Rows, parameter.Value.Columns), needsGradient);
        return leaf.Output;
    }

    /// <summary>Rows of an embedding table: [rows, dimension].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    public Tensor Lookup(EmbeddingTable table, RowIds rows)
    {
        LookupOperation operation = Next<LookupOperation>();
        operation.Table = table;
        operation.Rows = rows;
        return Record(operation, operation.Output, operation.Output, rows.Count, table.Value.Columns, needsGradient: _recording && !table.IsFrozen);
    }

    /// <summary>A dense layer: [rows, in] to [rows, out].</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the layer has inputs.</exception>
    public Tensor Dense(Tensor x, Linear layer) => Dense(x, layer.Weight, layer.Bias);

    /// <summary>x weight' + bias: [rows, in] to [rows, out]; without a bias, x weight'.</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the weight, [out, in].</exception>
    public Tensor Dense(Tensor x, DenseParameter weight, DenseParameter? bias = null)
    {
        DenseOperation operation = Next<DenseOperation>();
        operation.Weight = weight;
        operation.Bias = bias;
        bool needsGradient = _recording && (x.NeedsGradient || !weight.IsFrozen || bias is { IsFrozen: false });
        return Record(operation, x, operation.Output, x.Rows, weight.Value.Rows, needsGradient);
    }

    /// <summary>a b', the products of a's rows with b's: [rows of a, rows of b].</summary>
    /// <exception cref="ArgumentException">The numbers of columns differ.</exception>
    public Tensor Product(Tensor a, Tensor b) =>
        Record(Next<ProductOperation>(), a, b, a.Rows, b.Rows, a.NeedsGradient || b.NeedsGradient);

    /// <summary>x x', the products of x's rows with each other: [rows, rows].</summary>
    public Tensor Gram(Tensor x) => Product(x, x);

    /// <summary>The sum of each row's elements, from left to right: [rows, 1].</summary>
    public Tensor RowSum(Tensor x) => Product(x, Constant(1, x.Columns, 1));

    /// <summary>The Euclidean norm of each row: [rows, 1]. Its derivative at a row of zeros is taken as 0.</summary>
    public Tensor RowNorm(Tensor x) => Unary<SquareRoot>(RowSum(Multiply(x, x)));

    /// <summary>The softmax of each row.</summary>
    public Tensor Softmax(Tensor x) => Record(Next<SoftmaxOperation>(), x, x, x.Rows, x.Columns, x.NeedsGradient);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu(Tensor x) => Unary<Relu>(x);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid(Tensor x) => Unary<Sigmoid>(x);

    /// <summary>|x|.</summary>
    public Tensor Absolute(Tensor x) => Unary<Absolute>(x);

    /// <summary>x times a number.</summary>
    public Tensor Scale(Tensor x, Real factor) => Multiply(x, Constant(x.Rows, x.Columns, factor));

    /// <summary>a + b, elementwise.</summary>
    public Tensor Add(Tensor a, Tensor b) => Binary<Addition>(a, b);

    /// <summary>a b, elementwise.</summary>
    public Tensor Multiply(Tensor a, Tensor b) => Binary<Product>(a, b);

    /// <summary>The binary cross-entropy of each logit and its label, in nats.</summary>
    public Tensor BinaryCrossEntropy(Tensor logits, Tensor labels) => Binary<BinaryCrossEntropy>(logits, labels);

    /// <summary>(prediction - label)^2 of each prediction and its label.</summary>
    public Tensor SquaredError(Tensor predictions, Tensor labels) => Binary<SquaredError>(predictions, labels);

    /// <summary>Any elementwise operation of one argument, a user's own included.</summary>
    public Tensor Unary<TOp>(Tensor x)
        where TOp : unmanaged, IUnaryOp
    {
        UnaryOperation<TOp> operation = Next<UnaryOperation<TOp>>();
        return Record(operation, x, operation.Output, x.Rows, x.Columns, x.NeedsGradient);
    }

    /// <summary>Any elementwise operation of two arguments of one shape, a user's own included.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor Binary<TOp>(Tensor a, Tensor b)
        where TOp : unmanaged, IBinaryOp
    {
        if (a.Rows != b.Rows || a.Columns != b.Columns)
            throw new ArgumentException($"{typeof(TOp).Name} of {a.Rows} x {a.Columns} and {b.Rows} x {b.Columns}: the shapes must be equal", nameof(b));
        BinaryOperation<TOp> operation = Next<BinaryOperation<TOp>>();
        return Record(operation, a, b, a.Rows, a.Columns, a.NeedsGradient || b.NeedsGradient);
    }

    /// <summary>[a, b], row by row.</summary>
    /// <exception cref="ArgumentException">The numbers of rows differ.</exception>
    public Tensor Concatenate(Tensor a, Tensor b)
    {
        if (a.Rows != b.Rows)
            throw new ArgumentException($"{a.Rows} rows beside {b.Rows} rows: the numbers must be equal", nameof(b));
        return Record(Next<ConcatenateOperation>(), a, b, a.Rows, a.Columns + b.Columns, a.NeedsGradient || b.NeedsGradient);
    }

    /// <summary>The mean of all elements: [1, 1].</summary>
    public Tensor Mean(Tensor x)
    {
        MeanOperation operation = Next<MeanOperation>();
        return Record(operation, x, operation.Output, 1, 1, x.NeedsGradient);
    }

    /// <summary>
    /// Adds to the gradient of every parameter behind <paramref name="output"/> the gradient of the sum of its
    /// elements; of a loss, [1, 1], that is the gradient of the loss.
    /// </summary>
    /// <param name="output">What is differentiated.</param>
    /// <param name="weight">What the gradient is multiplied by before it is added.</param>
    /// <exception cref="InvalidOperationException">The tape does not record, or no parameter is behind the output.</exception>
    public void Backward(Tensor output, Real weight = 1)
    {
        if (!_recording || !output.NeedsGradient)
            throw new InvalidOperationException("nothing to differentiate: the tape does not record, or no parameter is behind this tensor");
        _gradients.Clear();

        // Added rather than written: the adjoint of a parameter is its gradient, which may hold something already.
        Slice<Real> weights = _gradients.Take(output.Value.Values.Length);
        Device.Fill(weights, weight);
        Device.BinaryBackward<Addition>(output.Value.Values, output.Value.Values, weights, output.Gradient.Values, default);
        for (int i = _count - 1; i >= 0; i--)
        {
            Operation operation = _operations[i];
            if (operation.Output.NeedsGradient)
                operation.Backward(Device);
        }
    }

    /// <summary>
    /// Compiles the recorded pass into one program, where it is a network that the device compiles: the same losses, gradients and logits
    /// as the tape's, without an operation in between. Which parameters are frozen is decided now.
    /// </summary>
    /// <param name="logits">The pass's result, [samples, 1].</param>
    /// <param name="batch">The samples that it was recorded over.</param>
    /// <param name="parameters">The parameters that must be behind it.</param>
    /// <param name="adapted">The parameters that the inner step of meta-learning moves; null for all.</param>
    /// <returns>The program; null where there is none.</returns>
    public INetworkProgram? Compile(
        Tensor logits, in SampleBatch batch, IReadOnlyCollection<Parameter> parameters, IReadOnlyCollection<Parameter>? adapted = null) =>
        new NetworkPattern(batch, adapted).Match(logits, parameters) is { } network ? Device.Compile(network) : null;

    /// <summary>
    /// A digest of where the pass lies among the kinks of its operations: two passes with the same digest lie in one
    /// smooth piece of the function.
    /// </summary>
    internal int SidesOfKinks()
    {
        HashCode sides = default;
        foreach (Operation operation in _operations[.._count])
            operation.AddSides(ref sides);
        return sides.ToHashCode();
    }

    /// <summary>
    /// The next record of this pass, for <see cref="Record"/>: where a pass repeats the last one, the record that it left here. Set what an
    /// operation needs beside its arguments before it is recorded.
    /// </summary>
    public TOperation Next<TOperation>()
        where TOperation : Operation, new()
    {
        int place = _count++;
        if (place < _operations.Count && _operations[place] is TOperation reused)
            return reused;
        TOperation operation = new();
        if (place < _operations.Count)
            _operations[place] = operation;
        else
            _operations.Add(operation);
        return operation;
    }

    /// <summary>Records an operation and computes its output.</summary>
    /// <param name="operation">The record, from <see cref="Next{TOperation}"/>.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument; the first again where there is one.</param>
    /// <param name="rows">The output's number of rows.</param>
    /// <param name="columns">The output's number of columns.</param>
    /// <param name="needsGradient">Whether the output's adjoint is wanted: as a rule, whether an argument's is.</param>
    public Tensor Record(Operation operation, Tensor first, Tensor second, int rows, int columns, bool needsGradient)
    {
        int length = checked(rows * columns);
        Slice<Real> gradient = needsGradient ? _gradients.Take(length) : default;
        operation.Output.Set(new Matrix(_values.Take(length), rows, columns), new Matrix(gradient, rows, columns), needsGradient);
        operation.Bind(first, second);
        operation.Forward(Device);
        return operation.Output;
    }
}
