// Reverse-mode automatic differentiation. A pass records operations as it computes them. Backward goes through the records from last
// to first, and each adds to the adjoints of its arguments. A tape keeps its records and memory for the next pass, so that a step
// which repeats the one before allocates nothing.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Autodiff;

/// <summary>Computes with tensors and records the operations for differentiation.</summary>
/// <remarks>Not thread-safe; the device may use several threads within an operation.</remarks>
public sealed class Tape
{
    private readonly bool _recording;
    private readonly List<Operation> _operations = [];
    private readonly List<Parameter> _parameters = [];
    private readonly Arena _values;
    private readonly Arena _gradients;
    private int _count;

    /// <summary>An empty tape.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="recording">Whether derivatives are needed; a tape that does not record can only score.</param>
    public Tape(IDevice device, bool recording = true)
    {
        Device = device;
        _recording = recording;
        _values = new Arena(device);
        _gradients = new Arena(device);
    }

    /// <summary>The device that computes.</summary>
    public IDevice Device { get; }

    /// <summary>The parameters of the pass that get a gradient, once for each use.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Begins a new pass. Tensors of the last pass are no longer valid.</summary>
    public void Reset()
    {
        _count = 0;
        _parameters.Clear();
        _values.Reset();
        _gradients.Reset();
    }

    /// <summary>A constant. The tape does not copy <paramref name="values"/>.</summary>
    public Tensor Constant(Matrix values)
    {
        LeafOperation leaf = Next<LeafOperation>();
        leaf.Output.Set(values, new Matrix(default, values.Rows, values.Columns), needsGradient: false);
        return leaf.Output;
    }

    /// <summary>A constant of the given shape whose elements are all equal.</summary>
    public Tensor Constant(int rows, int columns, Real value)
    {
        Slice<Real> values = _values.Allocate(checked(rows * columns));
        Device.Fill(values, value);
        return Constant(new Matrix(values, rows, columns));
    }

    /// <summary>A parameter as a tensor; its adjoint is added to the parameter's gradient.</summary>
    public Tensor Parameter(DenseParameter parameter)
    {
        LeafOperation leaf = Next<LeafOperation>();
        bool needsGradient = Trains(parameter);
        Matrix gradient = needsGradient ? parameter.Gradient : new Matrix(default, parameter.Value.Rows, parameter.Value.Columns);
        leaf.Output.Set(parameter.Value, gradient, needsGradient);
        return leaf.Output;
    }

    /// <summary>Rows of an embedding table: [rows, dimension].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    public Tensor Lookup(EmbeddingTable table, RowIds rows)
    {
        LookupOperation operation = Next<LookupOperation>();
        operation.Table = table;
        operation.Rows = rows;
        return Record(operation, operation.Output, operation.Output, rows.Count, table.Value.Columns, Trains(table));
    }

    /// <summary>A dense layer: [rows, in] to [rows, out].</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the layer has inputs.</exception>
    public Tensor Dense(Tensor x, Linear layer) => Dense(x, layer.Weight, layer.Bias);

    /// <summary>x weight' + bias, or x weight' without a bias: [rows, in] to [rows, out].</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the weight, [out, in].</exception>
    public Tensor Dense(Tensor x, DenseParameter weight, DenseParameter? bias = null)
    {
        DenseOperation operation = Next<DenseOperation>();
        operation.Weight = weight;
        operation.Bias = bias;
        bool needsGradient = Trains(weight) | (bias is not null && Trains(bias)) | x.NeedsGradient;
        return Record(operation, x, operation.Output, x.Rows, weight.Value.Rows, needsGradient);
    }

    /// <summary>a b', the dot products of the rows of a and b: [rows of a, rows of b].</summary>
    /// <exception cref="ArgumentException">The numbers of columns differ.</exception>
    public Tensor Product(Tensor a, Tensor b) =>
        Record(Next<ProductOperation>(), a, b, a.Rows, b.Rows, a.NeedsGradient || b.NeedsGradient);

    /// <summary>x x', the dot products of the rows of x: [rows, rows].</summary>
    public Tensor Gram(Tensor x) => Product(x, x);

    /// <summary>The sum of each row's elements, from left to right: [rows, 1].</summary>
    public Tensor RowSum(Tensor x) => Product(x, Constant(1, x.Columns, 1));

    /// <summary>The Euclidean norm of each row: [rows, 1]. Its derivative at a row of zeros is defined as 0.</summary>
    public Tensor RowNorm(Tensor x) => Unary<SquareRoot>(RowSum(Multiply(x, x)));

    /// <summary>The softmax of each row.</summary>
    public Tensor Softmax(Tensor x) => Record(Next<SoftmaxOperation>(), x, x, x.Rows, x.Columns, x.NeedsGradient);

    /// <summary>The loss of each row of logits: [rows, 1]. The logits are read row after row, whatever the shape of their tensor.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="columns">The number of logits in a row; the positive's is the first.</param>
    /// <exception cref="ArgumentException">The logits do not fill whole rows.</exception>
    public Tensor RowLoss<TLoss>(Tensor logits, int columns)
        where TLoss : unmanaged, IRowLoss
    {
        int count = logits.Rows * logits.Columns;
        if (columns < 1 || count % columns != 0)
            throw new ArgumentException($"{typeof(TLoss).Name} of {count} logits in rows of {columns}", nameof(columns));
        RowLossOperation<TLoss> operation = Next<RowLossOperation<TLoss>>();
        operation.Columns = columns;
        return Record(operation, logits, logits, count / columns, 1, logits.NeedsGradient);
    }

    /// <summary>The weighted sum of each segment of rows: [segments, columns].</summary>
    /// <param name="x">The rows of all segments.</param>
    /// <param name="weights">The weight of each row. The tape does not copy them.</param>
    /// <param name="segments">The segments.</param>
    /// <exception cref="ArgumentException">There are more or fewer rows or weights than in the segments.</exception>
    public Tensor SegmentSum(Tensor x, Slice<Real> weights, Segments segments)
    {
        SegmentSumOperation operation = Next<SegmentSumOperation>();
        operation.Weights = weights;
        operation.Segments = segments;
        return Record(operation, x, operation.Output, segments.Count, x.Columns, x.NeedsGradient);
    }

    /// <summary>
    /// The cross-entropy of the softmax over all items, in nats: [rows, 1]. The logit of row r and item j is x[r] . vector[j] + bias[j].
    /// The tables are read in place.
    /// </summary>
    /// <param name="x">The vectors, [rows, dimension].</param>
    /// <param name="vectors">The item embeddings, a table of vectors with the dimension of x.</param>
    /// <param name="vectorRows">The row of each item's vector.</param>
    /// <param name="biases">The table of the items' biases, of dimension 1.</param>
    /// <param name="biasRows">The row of each item's bias.</param>
    /// <param name="targets">The item of each row of x.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a target is not an item.</exception>
    public Tensor SoftmaxLoss(
        Tensor x, EmbeddingTable vectors, RowIds vectorRows, EmbeddingTable biases, RowIds biasRows, RowIds targets)
    {
        SoftmaxLossOperation operation = Next<SoftmaxLossOperation>();
        operation.Set(Device, x.Rows, vectors, vectorRows, biases, biasRows, targets);
        bool needsGradient = Trains(vectors) | Trains(biases) | x.NeedsGradient;
        return Record(operation, x, operation.Output, x.Rows, 1, needsGradient);
    }

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

    /// <summary>An elementwise operation of one argument, which may be user-defined.</summary>
    public Tensor Unary<TOp>(Tensor x)
        where TOp : unmanaged, IUnaryOp
    {
        UnaryOperation<TOp> operation = Next<UnaryOperation<TOp>>();
        return Record(operation, x, operation.Output, x.Rows, x.Columns, x.NeedsGradient);
    }

    /// <summary>An elementwise operation of two arguments of equal shape, which may be user-defined.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor Binary<TOp>(Tensor a, Tensor b)
        where TOp : unmanaged, IBinaryOp
    {
        if (a.Rows != b.Rows || a.Columns != b.Columns)
        {
            string shapes = $"{a.Rows} x {a.Columns} and {b.Rows} x {b.Columns}";
            throw new ArgumentException($"{typeof(TOp).Name} of {shapes}: the shapes must be equal", nameof(b));
        }

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
    /// Adds the gradient of the sum of <paramref name="output"/>'s elements to the gradients of the parameters that it depends on. For a
    /// loss, [1, 1], this is the gradient of the loss.
    /// </summary>
    /// <param name="output">The tensor to differentiate.</param>
    /// <param name="weight">A factor on the gradient.</param>
    /// <exception cref="InvalidOperationException">The tape does not record, or the output depends on no parameter.</exception>
    public void Backward(Tensor output, Real weight = 1)
    {
        if (!_recording || !output.NeedsGradient)
            throw new InvalidOperationException("nothing to differentiate: the tape does not record, or no parameter is in the output");
        _gradients.Clear();

        // Added, not written: the output may be a parameter, whose adjoint is its gradient and may not be zero.
        Slice<Real> weights = _gradients.Allocate(output.Value.Values.Length);
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
    /// Compiles the recorded pass to one program, if the device can compile such a network. The program gives the tape's losses, gradients
    /// and logits, bit for bit. Parameters that are frozen now stay frozen in it.
    /// </summary>
    /// <param name="logits">The result of the pass, [samples, 1].</param>
    /// <param name="batch">The samples of the pass.</param>
    /// <param name="parameters">The parameters that the pass must use.</param>
    /// <param name="adapted">The parameters that the inner step of meta-learning moves; null for all.</param>
    /// <returns>The program, or null if the device compiles none.</returns>
    public INetworkProgram? Compile(
        Tensor logits, in SampleBatch batch, IReadOnlyCollection<Parameter> parameters, IReadOnlyCollection<Parameter>? adapted = null) =>
        new NetworkPattern(batch, adapted).Match(logits, parameters) is { } network ? Device.Compile(network) : null;

    private bool Trains(Parameter parameter)
    {
        if (_recording && !parameter.IsFrozen)
            _parameters.Add(parameter);
        return _recording && !parameter.IsFrozen;
    }

    /// <summary>
    /// A digest of the sides of the operations' kinks that the pass is on. Between two passes with the same digest the function is
    /// smooth.
    /// </summary>
    internal int SidesOfKinks()
    {
        HashCode sides = default;
        foreach (Operation operation in _operations[.._count])
            operation.AddSides(ref sides);
        return sides.ToHashCode();
    }

    /// <summary>
    /// The next record of this pass, for <see cref="Record"/>; a pass that repeats the last one reuses its records. Set what the operation
    /// needs besides its arguments before recording it.
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
    /// <param name="second">The second argument; the first again if there is only one.</param>
    /// <param name="rows">The output's number of rows.</param>
    /// <param name="columns">The output's number of columns.</param>
    /// <param name="needsGradient">Whether the output's adjoint is needed; usually if that of an argument is.</param>
    public Tensor Record(Operation operation, Tensor first, Tensor second, int rows, int columns, bool needsGradient)
    {
        int length = checked(rows * columns);
        Slice<Real> gradient = needsGradient ? _gradients.Allocate(length) : default;
        operation.Output.Set(new Matrix(_values.Allocate(length), rows, columns), new Matrix(gradient, rows, columns), needsGradient);
        operation.Bind(first, second);
        operation.Forward(Device);
        return operation.Output;
    }
}
