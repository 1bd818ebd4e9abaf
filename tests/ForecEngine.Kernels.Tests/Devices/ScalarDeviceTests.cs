// The specification itself: small examples computed by hand, and matrix products compared with plain sums in double.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class ScalarDeviceTests : IDisposable
{
    private readonly ScalarDevice _device = new();
    private readonly Workspace _work;

    public ScalarDeviceTests() => _work = new Workspace(_device);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_dense_layer_has_weights_of_out_by_in()
    {
        Matrix x = _work.Matrix(1, 3, [1, 10, 100]), weight = _work.Matrix(2, 3, [1, 2, 3, 4, 5, 6]), y = _work.Matrix(1, 2, [9, 9]);
        _device.Dense(x, weight, _work.Vector([1000, 2000]), y);
        Assert.Equal([1321, 2654], y.Values.Span.ToArray());
    }

    [Property]
    public void A_dense_layer_and_its_adjoints_are_the_sums_of_products(DenseShape shape, Seed seed)
    {
        (int rows, int inputs, int outputs) = (Math.Min(shape.Rows, 40), shape.Inputs, shape.Outputs);
        Draws draws = new(seed);
        Matrix x = _work.Matrix(rows, inputs, draws.Ordinary(rows * inputs));
        Matrix weight = _work.Matrix(outputs, inputs, draws.Ordinary(outputs * inputs));
        Slice<Real> bias = _work.Vector(draws.Ordinary(outputs));
        Matrix y = _work.Matrix(rows, outputs, draws.Ordinary(rows * outputs));
        _device.Dense(x, weight, bias, y);
        Assert.All(Indices(rows, outputs), at => AssertSum(
            [(bias.Span[at.Column], 1), .. Enumerable.Range(0, inputs).Select(i => (Element(x, at.Row, i), Element(weight, at.Column, i)))],
            Element(y, at.Row, at.Column)));

        Matrix dy = y, dx = _work.Matrix(rows, inputs, draws.Ordinary(rows * inputs));
        Matrix dweight = _work.Matrix(outputs, inputs, draws.Ordinary(outputs * inputs));
        Slice<Real> dbias = _work.Vector(draws.Ordinary(outputs));
        Real[] dx0 = dx.Values.Span.ToArray(), dweight0 = dweight.Values.Span.ToArray(), dbias0 = dbias.Span.ToArray();
        _device.DenseBackward(x, weight, dy, dx, dweight, dbias);
        Assert.All(Indices(rows, inputs), at => AssertSum(
            [(dx0[(at.Row * inputs) + at.Column], 1),
                .. Enumerable.Range(0, outputs).Select(o => (Element(dy, at.Row, o), Element(weight, o, at.Column)))],
            Element(dx, at.Row, at.Column)));
        Assert.All(Indices(outputs, inputs), at => AssertSum(
            [(dweight0[(at.Row * inputs) + at.Column], 1),
                .. Enumerable.Range(0, rows).Select(r => (Element(dy, r, at.Row), Element(x, r, at.Column)))],
            Element(dweight, at.Row, at.Column)));
        Assert.All(Enumerable.Range(0, outputs), o => AssertSum(
            [(dbias0[o], 1), .. Enumerable.Range(0, rows).Select(r => (Element(dy, r, o), (Real)1))], dbias.Span[o]));
    }

    [Fact]
    public void The_gradient_of_a_parameter_is_the_sum_of_blocks_of_128_samples()
    {
        // In the first block every addition of 1 to 2^24 is lost to rounding; the second block's 72 ones are summed before they are added.
        const Real large = 1 << 24;
        Real[] x = [large, .. Enumerable.Repeat((Real)1, 199)];
        Matrix dweight = _work.Matrix(1, 1, [0]);
        Slice<Real> dbias = _work.Vector([0]);
        _device.DenseBackward(
            _work.Matrix(200, 1, x), _work.Matrix(1, 1, [1]), _work.Matrix(200, 1, [.. Enumerable.Repeat((Real)1, 200)]), default,
            dweight, dbias);
        Assert.Equal(large + 72, dweight.Values.Span[0]);
        Assert.Equal(200, dbias.Span[0]);

        // Existing values are the first term.
        _device.DenseBackward(_work.Matrix(1, 1, [1]), _work.Matrix(1, 1, [1]), _work.Matrix(1, 1, [1]), default, dweight, dbias);
        Assert.Equal((large + 72 + 1, 201), (dweight.Values.Span[0], dbias.Span[0]));
    }

    [Fact]
    public void Gather_copies_rows_and_its_adjoint_sums_the_positions_of_each_row()
    {
        Matrix table = _work.Matrix(4, 2, [0, 1, 10, 11, 20, 21, 30, 31]), y = _work.Matrix(3, 2, new Real[6]);
        int[] rows = [3, 1, 3];
        _device.Gather(table, _work.Rows(rows), y);
        Assert.Equal([30, 31, 10, 11, 30, 31], y.Values.Span.ToArray());

        _device.Update(default, new ParameterUpdate<Sgd>(
            new(1, 0), table, default, default, _work.Rows(rows), _work.Matrix(3, 2, [1, 2, 3, 4, 5, 6]), touchedOnly: true));
        Assert.Equal([0, 1, 10 - 3, 11 - 4, 20, 21, 30 - 6, 31 - 8], table.Values.Span.ToArray());
    }

    [Fact]
    public void A_softmax_has_rows_that_sum_to_one_and_does_not_overflow()
    {
        Matrix y = _work.Matrix(2, 3, new Real[6]);
        _device.Softmax(_work.Matrix(2, 3, [0, 0, 0, 1000, 1000, -1000]), y);
        Assert.Equal([1 / 3f, 1 / 3f, 1 / 3f, 0.5f, 0.5f, 0], y.Values.Span.ToArray(), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public void The_loss_of_a_row_is_that_of_its_first_logit_among_the_others_and_does_not_overflow()
    {
        Matrix x = _work.Matrix(3, 3, [1, 2, 0, 1000, -1000, -1000, -1000, 1000, 1000]);
        Slice<Real> bpr = _work.Vector(new Real[3]), softmax = _work.Vector(new Real[3]);
        _device.RowLoss<BprLoss>(x, bpr);
        _device.RowLoss<SampledSoftmaxLoss>(x, softmax);
        Assert.Equal((Math.Log(1 + Math.E) + Math.Log(1 + (1 / Math.E))) / 2, bpr.Span[0], 1e-6);
        Assert.Equal(Math.Log(Math.E + (Math.E * Math.E) + 1) - 1, softmax.Span[0], 1e-6);
        Assert.Equal([0, 2000], bpr.Span[1..].ToArray(), (left, right) => Math.Abs(left - right) < 1);
        Assert.Equal([0, 2000], softmax.Span[1..].ToArray(), (left, right) => Math.Abs(left - right) < 1);
    }

    [Fact]
    public void Concatenation_joins_rows_and_its_adjoint_splits_them()
    {
        Matrix a = _work.Matrix(2, 1, [1, 2]), b = _work.Matrix(2, 2, [3, 4, 5, 6]), y = _work.Matrix(2, 3, new Real[6]);
        _device.Concatenate(a, b, y);
        Assert.Equal([1, 3, 4, 2, 5, 6], y.Values.Span.ToArray());
        _device.ConcatenateBackward(y, a, b);
        Assert.Equal([2, 4], a.Values.Span.ToArray());
        Assert.Equal([6, 8, 10, 12], b.Values.Span.ToArray());
    }

    [Fact]
    public void The_mean_of_no_rows_is_zero()
    {
        Slice<Real> y = _work.Vector([5]);
        _device.Mean(default, y);
        Assert.Equal(0, y.Span[0]);
        _device.Mean(_work.Vector([1, 2, 6]), y);
        Assert.Equal(3, y.Span[0]);
    }

    [Fact]
    public void The_adjoint_of_the_mean_is_the_same_for_every_element()
    {
        Slice<Real> dx = _work.Vector([1, 2, 3, 4]);
        _device.MeanBackward(_work.Vector([8]), dx);
        Assert.Equal([3, 4, 5, 6], dx.Span.ToArray());
    }

    [Fact]
    public void The_rectifier_s_derivative_at_zero_is_zero_and_NaN_passes_through()
    {
        Real[] x = [-2, 0, 3, Real.NaN];
        Slice<Real> y = _work.Vector(new Real[4]), dx = _work.Vector(new Real[4]);
        _device.Unary<Relu>(_work.Vector(x), y);
        Assert.Equal([0, 0, 3, Real.NaN], y.Span.ToArray());
        _device.UnaryBackward<Relu>(_work.Vector(x), _work.Vector([5, 5, 5, 5]), dx);
        Assert.Equal([0, 0, 5, 0], dx.Span.ToArray());
    }

    [Fact]
    public void The_adjoints_of_a_product_and_a_sum_are_right()
    {
        Slice<Real> a = _work.Vector([2]), b = _work.Vector([3]), dy = _work.Vector([10]), da = _work.Vector([1]), db = _work.Vector([1]);
        _device.BinaryBackward<Product>(a, b, dy, da, db);
        Assert.Equal([31, 21], [da.Span[0], db.Span[0]]);
        _device.BinaryBackward<Addition>(a, b, dy, da, db);
        Assert.Equal([41, 31], [da.Span[0], db.Span[0]]);
    }

    private static IEnumerable<(int Row, int Column)> Indices(int rows, int columns) =>
        from row in Enumerable.Range(0, rows)
        from column in Enumerable.Range(0, columns)
        select (row, column);

    private static Real Element(Matrix matrix, int row, int column) => matrix.Values.Span[(row * matrix.Columns) + column];

    // A chain of n multiply-adds rounds n times, each by at most half an ulp of a partial sum.
    private static void AssertSum((Real A, Real B)[] terms, Real actual)
    {
        double exact = 0, size = 0;
        foreach ((Real a, Real b) in terms)
        {
            exact += (double)a * b;
            size += Math.Abs((double)a * b);
        }

        double bound = terms.Length * Math.Pow(2, -24) * size;
        if (Math.Abs(actual - exact) > bound)
            Assert.Fail($"{actual:R} is not within {bound:E1} of {exact:R}");
    }
}
