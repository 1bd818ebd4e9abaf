// Every operation on every device refuses arguments whose shapes do not fit, names the wrong argument, and writes nothing. All devices say
// the same. The tests are written once: HostShapesTests runs them on the host's devices, and GpuShapesTests, in the tests of the
// accelerator, on that.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests;

/// <summary>The tests, on the devices of a derived class.</summary>
public abstract class ShapesTests
{
    /// <summary>The devices; the scalar device is the first.</summary>
    private protected abstract IReadOnlyList<IDevice> Devices { get; }

    [Fact]
    public void Unary_names_the_wrong_argument() => Refused("y", work => work.Device.Unary<Relu>(Vector(work, 5), Vector(work, 4)));

    [Theory]
    [InlineData("dy", 4, 5)]
    [InlineData("dx", 5, 4)]
    public void Unary_backward_names_the_wrong_argument(string misfit, int dy, int dx) =>
        Refused(misfit, work => work.Device.UnaryBackward<Relu>(Vector(work, 5), Vector(work, dy), Vector(work, dx)));

    [Theory]
    [InlineData("b", 4, 5)]
    [InlineData("y", 5, 6)]
    public void Binary_names_the_wrong_argument(string misfit, int b, int y) =>
        Refused(misfit, work => work.Device.Binary<Product>(Vector(work, 5), Vector(work, b), Vector(work, y)));

    [Theory]
    [InlineData("b", 4, 5, 5, 5)]
    [InlineData("dy", 5, 4, 5, 5)]
    [InlineData("da", 5, 5, 4, 5)]
    [InlineData("db", 5, 5, 0, 4)]
    public void Binary_backward_names_the_wrong_argument(string misfit, int b, int dy, int da, int db) =>
        Refused(misfit, work => work.Device.BinaryBackward<Product>(
            Vector(work, 5), Vector(work, b), Vector(work, dy), Vector(work, da), Vector(work, db)));

    [Theory]
    [InlineData(3, 5)]
    [InlineData(2, 4)]
    public void Gather_refuses_a_result_that_does_not_fit(int rows, int columns) =>
        Refused("y", work => work.Device.Gather(Matrix(work, 6, 4), work.Rows([5, 0, 5]), Matrix(work, rows, columns)));

    [Fact]
    public void Gather_refuses_a_row_outside_the_table()
    {
        string message = Refused("rows", work => work.Device.Gather(Matrix(work, 6, 4), work.Rows([5, 0, 6]), Matrix(work, 3, 4)));
        Assert.Contains("row 6 is not in a table of 6 rows", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", 2, 4, 5)]
    [InlineData("x", 3, 5, 5)]
    [InlineData("rows", 3, 4, 6)]
    public void Put_refuses_rows_that_do_not_fit(string misfit, int rows, int columns, int row) =>
        Refused(misfit, work => work.Device.PutRows(Matrix(work, rows, columns), work.Rows([5, 0, row]), Matrix(work, 6, 4)));

    [Fact]
    public void Copy_refuses_another_length() => Refused("destination", work => work.Device.Copy(Vector(work, 5), Vector(work, 4)));

    [Fact]
    public void Gather_refuses_a_table_without_elements() =>
        Refused("table", work => work.Device.Gather(new Matrix(default, 6, 4), work.Rows([5]), Matrix(work, 1, 4)));

    [Theory]
    [InlineData("weight", 5, 3, 6, 3)]
    [InlineData("bias", 4, 2, 6, 3)]
    [InlineData("y", 4, 3, 5, 3)]
    [InlineData("y", 4, 3, 6, 4)]
    public void Dense_names_the_wrong_argument(string misfit, int weightColumns, int bias, int yRows, int yColumns) =>
        Refused(misfit, work => work.Device.Dense(
            Matrix(work, 6, 4), Matrix(work, 3, weightColumns), Vector(work, bias), Matrix(work, yRows, yColumns)));

    [Fact]
    public void Dense_refuses_a_matrix_without_elements() =>
        Refused("x", work => work.Device.Dense(new Matrix(default, 6, 4), Matrix(work, 3, 4), default, Matrix(work, 6, 3)));

    [Theory]
    [InlineData("weight", 5, 6, 4, 3)]
    [InlineData("dy", 4, 7, 4, 3)]
    [InlineData("dx", 4, 6, 5, 3)]
    [InlineData("dbias", 4, 6, 4, 2)]
    public void Dense_backward_names_the_wrong_argument(string misfit, int weightColumns, int dyRows, int dxColumns, int dbias) =>
        Refused(misfit, work => work.Device.DenseBackward(
            Matrix(work, 6, 4), Matrix(work, 3, weightColumns), Matrix(work, dyRows, 3), Matrix(work, 6, dxColumns), Matrix(work, 3, 4),
            Vector(work, dbias)));

    [Fact]
    public void Dense_backward_refuses_a_weight_gradient_of_another_shape() =>
        Refused("dweight", work => work.Device.DenseBackward(
            Matrix(work, 6, 4), Matrix(work, 3, 4), Matrix(work, 6, 3), default, Matrix(work, 4, 3), default));

    [Theory]
    [InlineData("b", Transposed.None, 5, 3, 6, 3)]
    [InlineData("b", Transposed.B, 4, 3, 6, 3)]
    [InlineData("c", Transposed.None, 4, 3, 4, 3)]
    [InlineData("c", Transposed.A, 6, 3, 6, 3)]
    [InlineData("c", Transposed.B, 3, 4, 6, 4)]
    public void Multiply_names_the_wrong_argument(string misfit, Transposed transposed, int bRows, int bColumns, int rows, int columns) =>
        Refused(misfit, work => work.Device.Multiply(
            Matrix(work, 6, 4), Matrix(work, bRows, bColumns), Matrix(work, rows, columns), transposed));

    [Fact]
    public void Only_a_square_matrix_is_inverted() => Refused("a", work => work.Device.CholeskyInverse(Matrix(work, 3, 4)));

    [Theory]
    [InlineData("b", 5, 6, 5)]
    [InlineData("y", 6, 5, 5)]
    [InlineData("y", 6, 6, 6)]
    public void Concatenate_names_the_wrong_argument(string misfit, int bRows, int yRows, int yColumns) =>
        Refused(misfit, work => work.Device.Concatenate(Matrix(work, 6, 2), Matrix(work, bRows, 3), Matrix(work, yRows, yColumns)));

    [Theory]
    [InlineData("da", 5, 2, 6, 3)]
    [InlineData("da", 6, 3, 6, 3)]
    [InlineData("db", 6, 2, 7, 3)]
    [InlineData("da", 6, 2, 0, 0)]
    [InlineData("db", 0, 0, 6, 3)]
    public void Concatenate_backward_names_the_wrong_argument(string misfit, int daRows, int daColumns, int dbRows, int dbColumns) =>
        Refused(misfit, work => work.Device.ConcatenateBackward(
            Matrix(work, 6, 5), Matrix(work, daRows, daColumns), Matrix(work, dbRows, dbColumns)));

    [Fact]
    public void Concatenate_backward_takes_two_absent_adjoints()
    {
        foreach (IDevice device in Devices)
            device.ConcatenateBackward(Matrix(new Workspace(device), 6, 5), default, default);
    }

    [Fact]
    public void Mean_names_the_wrong_argument()
    {
        Refused("y", work => work.Device.Mean(Vector(work, 5), Vector(work, 2)));
        Refused("dy", work => work.Device.MeanBackward(default, Vector(work, 5)));
    }

    [Theory]
    [InlineData("m", 4, 5, 5)]
    [InlineData("m", 0, 5, 5)]
    [InlineData("v", 5, 6, 5)]
    [InlineData("v", 5, 0, 5)]
    [InlineData("gradient", 5, 5, 0)]
    public void Update_names_the_wrong_argument(string misfit, int m, int v, int gradient) =>
        Refused(misfit, work => work.Device.Update(
            default,
            new ParameterUpdate<Adam>(Rule, Vector(work, 5), Vector(work, m), Vector(work, v), Vector(work, gradient))));

    [Theory]
    [InlineData("m", 17, 18, 2)]
    [InlineData("v", 18, 17, 2)]
    [InlineData("gradient", 18, 18, 3)]
    public void Update_of_rows_names_the_wrong_argument(string misfit, int m, int v, int gradientRows) =>
        Refused(misfit, work => work.Device.Update(default, new ParameterUpdate<Adam>(
            Rule, Matrix(work, 6, 3), Vector(work, m), Vector(work, v), work.Rows([1, 4]), Matrix(work, gradientRows, 3),
            touchedOnly: false)));

    [Fact]
    public void Update_refuses_a_row_outside_the_table()
    {
        string message = Refused("rows", work => work.Device.Update(default, new ParameterUpdate<Adam>(
            Rule, Matrix(work, 6, 3), Vector(work, 18), Vector(work, 18), work.Rows([4, 6]), Matrix(work, 2, 3), touchedOnly: true)));
        Assert.Contains("row 6 is not in a table of 6 rows", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Starts", 3, 3, 2, 9)]
    [InlineData("Users", 4, 2, 2, 9)]
    [InlineData("samples", 4, 3, 2, 8)]
    [InlineData(null, 4, 3, 0, 9)]
    public void Draws_of_samples_name_the_wrong_argument(string? misfit, int starts, int users, int excludedStarts, int samples) =>
        Refused(misfit, work => DrawSamples(work.Device, starts, users, excludedStarts, samples, count: 9, pool: 2));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(10, 2)]
    public void Draws_of_too_few_or_too_many_samples_are_refused(int count, int pool)
    {
        string message = Refused(null, work => DrawSamples(work.Device, 4, 3, 2, count, count, pool));
        Assert.Contains($"3 rows and a pool of {pool} items cannot give {count} samples", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users", 7, 1, 2)]
    [InlineData("items", 7, 2, 1)]
    [InlineData(null, 0, 2, 2)]
    public void Ranges_of_samples_name_the_wrong_argument(string? misfit, int samples, int users, int items) =>
        Refused(misfit, work => work.Device.TakeSamples(
            new SampleRange(work.Device.Allocate<Sample>(samples).Slice(), default, 5, 2), Integers(work, users), Integers(work, items),
            Vector(work, 2)));

    [Fact]
    public void Ranges_of_samples_refuse_labels_of_another_length() =>
        Refused("labels", work => work.Device.TakeSamples(
            new SampleRange(work.Device.Allocate<Sample>(7).Slice(), default, 5, 2), Integers(work, 2), Integers(work, 2),
            Vector(work, 3)));

    [Theory]
    [InlineData("Rows", 4, 64, 2)]
    [InlineData("keys", 3, 32, 2)]
    [InlineData(null, 3, 64, 0)]
    public void Rows_to_sort_name_the_wrong_argument(string? misfit, int rows, int keys, int batchSize) =>
        Refused(misfit, work => work.Device.SortRows(
            new MinibatchRows(Integers(work, rows), First: 1, Count: 2, PassLength: 5, batchSize),
            work.Device.Allocate<long>(keys).Slice()));

    [Theory]
    [InlineData("rows", 7, 3)]
    [InlineData("y", 8, 2)]
    public void Mapped_rows_name_the_wrong_argument(string misfit, int map, int y) =>
        Refused(misfit, work => work.Device.MapRows(Integers(work, map), work.Rows([4, 7, 1]), Integers(work, y)));

    [Theory]
    [InlineData("items.Values", 3, 2)]
    [InlineData("mask", 2, 3)]
    public void Dropout_masks_name_the_wrong_argument(string misfit, int items, int rows) =>
        Refused(misfit, work => work.Device.DropoutMask(
            new DropoutDraws(default, 0.5, Step: 0), work.Rows([4, 7]), work.Rows(new int[items]), Matrix(work, rows, 5)));

    [Fact]
    public void Losses_of_rows_name_the_wrong_argument()
    {
        Refused("x", work => work.Device.RowLoss<BprLoss>(Matrix(work, 2, 0), Vector(work, 2)));
        Refused("y", work => work.Device.RowLoss<BprLoss>(Matrix(work, 2, 3), Vector(work, 3)));
        Refused("dy", work => work.Device.RowLossBackward<BprLoss>(Matrix(work, 2, 3), Vector(work, 1), Matrix(work, 2, 3)));
        Refused("dx", work => work.Device.RowLossBackward<BprLoss>(Matrix(work, 2, 3), Vector(work, 2), Matrix(work, 3, 3)));
    }

    [Fact]
    public void Softmax_names_the_wrong_argument()
    {
        Refused("y", work => work.Device.Softmax(Matrix(work, 2, 3), Matrix(work, 2, 4)));
        Refused("dy", work => work.Device.SoftmaxBackward(Matrix(work, 2, 3), Matrix(work, 3, 3), Matrix(work, 2, 3)));
        Refused("dx", work => work.Device.SoftmaxBackward(Matrix(work, 2, 3), Matrix(work, 2, 3), Matrix(work, 2, 2)));
    }

    [Theory]
    [InlineData("x", 6, 4, 5, 3, 4)]
    [InlineData("x", 5, 3, 5, 3, 4)]
    [InlineData("weights", 5, 4, 4, 3, 4)]
    [InlineData("y", 5, 4, 5, 2, 4)]
    public void Segment_sum_names_the_wrong_argument(string misfit, int rows, int columns, int weights, int yRows, int yColumns) =>
        Refused(misfit, work => work.Device.SegmentSum(
            Matrix(work, rows, columns), Vector(work, weights), SegmentsOf(work, 0, 2, 2, 5), Matrix(work, yRows, yColumns)));

    [Theory]
    [InlineData("weights", 4, 3, 5, 4)]
    [InlineData("dy", 5, 4, 5, 4)]
    [InlineData("dx", 5, 3, 4, 4)]
    [InlineData("dx", 5, 3, 5, 3)]
    public void Segment_sum_backward_names_the_wrong_argument(string misfit, int weights, int dyRows, int dxRows, int dxColumns) =>
        Refused(misfit, work => work.Device.SegmentSumBackward(
            Vector(work, weights), SegmentsOf(work, 0, 2, 2, 5), Matrix(work, dyRows, 4), Matrix(work, dxRows, dxColumns)));

    [Theory]
    [InlineData("Vectors", 5, 7, 7, 2, 2, 2)]
    [InlineData("BiasRows", 4, 6, 7, 2, 2, 2)]
    [InlineData("BiasRows.Values", 4, 7, 6, 2, 2, 2)]
    [InlineData("targets.Values", 4, 7, 7, 3, 2, 2)]
    [InlineData("losses", 4, 7, 7, 2, 3, 2)]
    [InlineData("normalisers", 4, 7, 7, 2, 2, 1)]
    public void Softmax_loss_names_the_wrong_argument(
        string misfit, int columns, int biases, int biasRows, int targets, int losses, int normalisers) =>
        Refused(misfit, work => work.Device.SoftmaxLoss(
            Matrix(work, 2, 4), Items(work, 8, columns, biases, biasRows), work.Rows(new int[targets]), Vector(work, losses),
            Vector(work, normalisers)));

    [Theory]
    [InlineData("normalisers", 3, 2, 4, 4, 7)]
    [InlineData("dlosses", 2, 3, 4, 4, 7)]
    [InlineData("dx", 2, 2, 3, 4, 7)]
    [InlineData("ditems", 2, 2, 4, 5, 7)]
    [InlineData("dbias", 2, 2, 4, 4, 6)]
    public void Softmax_loss_backward_names_the_wrong_argument(
        string misfit, int normalisers, int dlosses, int dxColumns, int ditemsColumns, int dbias) =>
        Refused(misfit, work => work.Device.SoftmaxLossBackward(
            Matrix(work, 2, 4), Items(work, 8, 4, 7, 7), work.Rows([1, 6]), Vector(work, normalisers), Vector(work, dlosses),
            Matrix(work, 2, dxColumns), Matrix(work, 7, ditemsColumns), Vector(work, dbias)));

    [Fact]
    public void Softmax_loss_refuses_a_target_that_is_not_an_item()
    {
        string message = Refused("targets", work => work.Device.SoftmaxLoss(
            Matrix(work, 2, 4), Items(work, 8, 4, 7, 7), work.Rows([1, 7]), Vector(work, 2), Vector(work, 2)));
        Assert.Contains("row 7 is not in a table of 7 rows", message, StringComparison.Ordinal);
        Refused("Rows", work => work.Device.SoftmaxLoss(
            Matrix(work, 2, 4), Items(work, 7, 4, 7, 7), work.Rows([1, 6]), Vector(work, 2), Vector(work, 2)));
    }

    // Seven items in the rows 1 to 7 of a table, with the first biases.
    private static Catalogue Items(Workspace work, int tableRows, int columns, int biases, int biasRows) => new(
        Matrix(work, tableRows, columns), work.Rows([.. Enumerable.Range(1, 7)]), Vector(work, biases),
        work.Rows([.. Enumerable.Range(0, biasRows)]));

    [Theory]
    [InlineData("pairItems", 0, 3, 2)]
    [InlineData("first", -1, 2, 2)]
    [InlineData("first", 5, 2, 2)]
    public void Pairs_that_do_not_fit_are_refused(string misfit, int first, int users, int items) =>
        Refused(misfit, work => work.Device.PairRows(
            work.Rows([4, 7]), work.Rows([1, 2, 3]), first, Integers(work, users), Integers(work, items)));

    [Theory]
    [InlineData("ranks", 4, 6, 3)]
    [InlineData("bestScores", 5, 6, 2)]
    [InlineData("bestItems", 5, 5, 3)]
    public void Top_k_names_the_wrong_argument(string misfit, int ranks, int items, int rows) =>
        Refused(misfit, work => work.Device.TopK(
            Matrix(work, 3, 5), Integers(work, ranks), Integers(work, items), Matrix(work, rows, 2)));

    [Theory]
    [InlineData("Items", 3, 5, 0, 4, 3, 3)]
    [InlineData("Bias", 4, 5, 4, 4, 3, 3)]
    [InlineData("Ranks", 4, 4, 5, 4, 3, 3)]
    [InlineData("LeftOutStarts", 4, 5, 5, 3, 3, 3)]
    [InlineData("nonFinite", 4, 5, 5, 4, 2, 3)]
    [InlineData("bestScores", 4, 5, 5, 4, 3, 2)]
    public void Rankings_name_the_wrong_argument(string misfit, int depth, int ranks, int bias, int starts, int nonFinite, int rows) =>
        Refused(misfit, work => work.Device.TopDots(
            new DotRanking(
                Matrix(work, 3, 4), Matrix(work, 5, depth), Vector(work, bias), Integers(work, ranks), Integers(work, starts),
                work.Rows([4])),
            Integers(work, nonFinite), Integers(work, 6), Matrix(work, rows, 2)));

    [Fact]
    public void Rankings_refuse_an_item_left_out_that_is_not_ranked() =>
        Refused("LeftOut", work => work.Device.TopDots(
            new DotRanking(Matrix(work, 3, 4), Matrix(work, 5, 4), default, Integers(work, 5), Integers(work, 4), work.Rows([5])),
            Integers(work, 3), Integers(work, 6), Matrix(work, 3, 2)));

    [Fact]
    public void Counts_of_another_number_of_rows_are_refused() =>
        Refused("counts", work => work.Device.CountNonFinite(Integers(work, 1), Matrix(work, 3, 5)));

    private static Adam Rule => Adam.Dense(1, 0.1, 0.9, 0.999, 1e-8, 0.1);

    private string Refused(string? misfit, Action<Workspace> operation)
    {
        string message = RefusedOn(Devices[0], misfit, operation);
        Assert.All(Devices.Skip(1), device => Assert.Equal(message, RefusedOn(device, misfit, operation)));
        return message;
    }

    private static string RefusedOn(IDevice device, string? misfit, Action<Workspace> operation)
    {
        Workspace work = new(device);
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => operation(work));
        Assert.Equal(misfit, refusal.ParamName);
        Assert.All(work.Contents(), value => Assert.True(value is 1 or Workspace.Mark));
        return refusal.Message;
    }

    private static void DrawSamples(IDevice device, int starts, int users, int excludedStarts, int samples, int count, int pool) =>
        device.DrawSamples(
            new SampleDraws(
                default, device.Allocate<Sample>(3).Slice(), device.Allocate<int>(starts).Slice(), count,
                device.Allocate<int>(users).Slice(), device.Allocate<int>(excludedStarts).Slice(), default,
                device.Allocate<int>(pool).Slice()),
            device.Allocate<Sample>(samples).Slice());

    private static Slice<Real> Vector(Workspace work, int length) => work.Vector(Ones(length));

    private static Slice<int> Integers(Workspace work, int length) => work.Device.Allocate<int>(length).Slice();

    private static Segments SegmentsOf(Workspace work, params int[] starts) => Segments.Write(Integers(work, starts.Length), starts);

    private static Matrix Matrix(Workspace work, int rows, int columns) => work.Matrix(rows, columns, Ones(rows * columns));

    private static Real[] Ones(int count) => [.. Enumerable.Repeat((Real)1, count)];
}
