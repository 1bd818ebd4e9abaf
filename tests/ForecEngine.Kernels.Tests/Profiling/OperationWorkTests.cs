// Compares the work that the profiling device reports for each operation with counts by hand.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Profiling;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class OperationWorkTests
{
    [Fact]
    public void A_ReLU_of_10_numbers_reads_10_writes_10_and_computes_nothing() =>
        Assert.Equal(new Work(0, 80), WorkOf(device => device.Unary<Relu>(Vector(10), Vector(10))));

    [Fact]
    public void The_adjoint_of_a_ReLU_is_one_addition_and_four_memory_accesses_per_element() =>
        Assert.Equal(new Work(10, 160), WorkOf(device => device.UnaryBackward<Relu>(Vector(10), Vector(10), Vector(10))));

    [Fact]
    public void The_adjoints_of_a_product_are_two_multiplications_and_two_additions() =>
        Assert.Equal(
            new Work(40, 400),
            WorkOf(device => device.BinaryBackward<Product>(Vector(10), Vector(10), Vector(10), Vector(10), Vector(10))));

    [Fact]
    public void An_adjoint_that_is_not_computed_costs_nothing() =>
        Assert.Equal(
            new Work(20, 200), WorkOf(device => device.BinaryBackward<Product>(Vector(10), Vector(10), Vector(10), Vector(10), default)));

    // Rounding to n: 3; subtracting n ln 2 in two parts: 4; seven Taylor terms, each a multiply-add, six also a multiplication: 20; times
    // 2^n: 1. Then 1 addition and 1 division.
    [Fact]
    public void A_sigmoid_is_30_operations() =>
        Assert.Equal(new Work(30 * 10, 80), WorkOf(device => device.Unary<Sigmoid>(Vector(10), Vector(10))));

    // Two rows of three logits, each with two negatives: the difference, and the cross-entropy of it; the sum of both and its share.
    [Fact]
    public void A_loss_of_rows_counts_every_negative_and_reads_every_logit_once()
    {
        long entropy = WorkOf(device => device.Binary<BinaryCrossEntropy>(Vector(1), Vector(1), Vector(1))).Flops;
        Assert.Equal(
            new Work(2 * ((2 * (1 + entropy + 1)) + 1), 4 * (6 + 2)),
            WorkOf(device => device.RowLoss<BprLoss>(Matrix(2, 3), Vector(2))));
    }

    // y = x W' + b with x 5 x 3, W 2 x 3: 5 x 3 x 2 multiply-adds; 15 + 6 + 2 numbers read and 10 written.
    [Fact]
    public void A_dense_layer_is_a_multiply_add_for_each_sample_input_and_output() =>
        Assert.Equal(new Work(60, 4 * 33), WorkOf(device => device.Dense(Matrix(5, 3), Matrix(2, 3), Vector(2), Matrix(5, 2))));

    // dx and dW: 30 multiply-adds each; db: 10 additions. Read: x 15, W 6, dy 10; read and written: dx 15, dW 6, db 2.
    [Fact]
    public void The_adjoints_of_a_dense_layer_are_two_products_and_a_sum() =>
        Assert.Equal(
            new Work(60 + 60 + 10, 4 * (31 + (2 * 23))),
            WorkOf(device => device.DenseBackward(Matrix(5, 3), Matrix(2, 3), Matrix(5, 2), Matrix(5, 3), Matrix(2, 3), Vector(2))));

    [Fact]
    public void A_layer_without_an_input_adjoint_costs_one_product_less() =>
        Assert.Equal(
            new Work(60 + 10, 4 * (25 + (2 * 8))),
            WorkOf(device => device.DenseBackward(
                Matrix(5, 3), Matrix(2, 3), Matrix(5, 2), new Matrix(default, 5, 3), Matrix(2, 3), Vector(2))));

    // 5 x 2 sums of 3 products; 15 + 6 numbers read and 10 written, or read and written.
    [Theory]
    [InlineData(false, 31)]
    [InlineData(true, 41)]
    public void A_product_is_a_multiply_add_for_each_element_and_step(bool adds, int numbers) =>
        Assert.Equal(
            new Work(60, 4 * numbers),
            WorkOf(device => device.Multiply(Matrix(3, 5), Matrix(2, 3), Matrix(5, 2), Transposed.A | Transposed.B, adds)));

    [Fact]
    public void An_inverse_of_n_rows_is_n_cubed_operations() =>
        Assert.Equal(new Work(1, 8), WorkOf(device =>
        {
            Matrix one = Matrix(1, 1);
            one.Values.Span[0] = 4;
            device.CholeskyInverse(one);
        }));

    // Five rows of three numbers in two segments: a multiply-add for each number. Read: the numbers, 5 weights and 3 starts; written:
    // 2 x 3.
    [Fact]
    public void A_segment_sum_is_a_multiply_add_for_each_number() =>
        Assert.Equal(
            new Work(30, 4 * (15 + 5 + 3 + 6)),
            WorkOf(device => device.SegmentSum(Matrix(5, 3), Vector(5), SegmentsOf(0, 2, 5), Matrix(2, 3))));

    // As many, but the numbers' adjoints are read and written.
    [Fact]
    public void The_adjoint_of_a_segment_sum_is_a_multiply_add_for_each_number()
    {
        Assert.Equal(
            new Work(30, 4 * (30 + 5 + 3 + 6)),
            WorkOf(device => device.SegmentSumBackward(Vector(5), SegmentsOf(0, 2, 5), Matrix(2, 3), Matrix(5, 3))));
        Assert.Equal(
            new Work(0, 0), WorkOf(device => device.SegmentSumBackward(Vector(5), SegmentsOf(0, 2, 5), Matrix(2, 3), default)));
    }

    // Two vectors of three numbers and five items: 10 logits of 3 multiply-adds; for each the bias, the maximum, a difference, an
    // exponential (28, as in a sigmoid) and an addition. Read: 6 + 15 + 5 numbers, 2 targets and 2 x 5 rows; written: 2 losses and 2
    // normalisers.
    [Fact]
    public void A_softmax_loss_is_a_product_and_an_exponential_for_each_row_and_item() =>
        Assert.Equal(
            new Work(10 * (6 + 4 + 28), 4 * (6 + 15 + 5 + 2 + 10 + 4)),
            WorkOf(device => device.SoftmaxLoss(Matrix(2, 3), FiveItems(), Ids(0, 4), Vector(2), Vector(2))));

    // The same logits, with the normaliser instead of the maximum and a product instead of the addition. dx and dW: 30 multiply-adds each;
    // db: 10 additions. Read: the inputs, 2 normalisers and 2 adjoints; read and written: 6 adjoints; written: 15 + 5.
    [Theory]
    [InlineData(true, true, true, 60 + 60 + 10, 12 + 15 + 5)]
    [InlineData(true, false, false, 60, 12)]
    [InlineData(false, true, false, 60, 15)]
    [InlineData(false, false, true, 10, 5)]
    public void The_adjoints_of_a_softmax_loss_are_its_logits_and_a_product_each(
        bool wantsInput, bool wantsItems, bool wantsBias, long flops, long adjoints) =>
        Assert.Equal(
            new Work((10 * (6 + 4 + 28)) + flops, 4 * (6 + 15 + 5 + 2 + 10 + 4 + adjoints)),
            WorkOf(device => device.SoftmaxLossBackward(
                Matrix(2, 3), FiveItems(), Ids(0, 4), Vector(2), Vector(2), wantsInput ? Matrix(2, 3) : default,
                wantsItems ? Matrix(5, 3) : default, wantsBias ? Vector(5) : default)));

    private static Catalogue FiveItems() => new(Matrix(9, 3), Ids(8, 1, 2, 3, 4), Vector(6), Ids(0, 1, 2, 3, 5));

    // Three rows and four negatives. A row reads a sample, a start, a user and two ends, and writes a sample: 8 integers. A negative reads
    // a table row and writes a sample: 3.
    [Fact]
    public void Drawing_samples_reads_the_rows_and_writes_the_samples() =>
        Assert.Equal(
            new Work(0, 4 * ((8 * 3) + (3 * 4))),
            WorkOf(device => device.DrawSamples(
                new SampleDraws(
                    default, new HostStorage<Sample>(3).Slice(), Integers(0, 5, 6, 7), 7, Integers(0, 0, 0), Integers(0, 0), default,
                    Integers(0, 1, 2, 3)),
                new HostStorage<Sample>(7).Slice())));

    [Fact]
    public void A_lookup_reads_ids_and_rows_and_writes_rows() =>
        Assert.Equal(new Work(0, (4 * 4) + (2 * 4 * 8 * 4)), WorkOf(device => device.Gather(Matrix(9, 8), Ids(1, 1, 3, 8), Matrix(4, 8))));

    // The operation reads 3 x 5 scores and 5 ranks, and writes 3 x 2 items and scores.
    [Fact]
    public void The_best_of_rows_read_scores_and_ranks_once() =>
        Assert.Equal(
            new Work(0, 4 * (15 + 5 + 6 + 6)),
            WorkOf(device => device.TopK(
                Matrix(3, 5), device.Allocate<int>(5).Slice(), device.Allocate<int>(6).Slice(), Matrix(3, 2))));

    // 3 x 5 scores of 4 multiply-adds and an addition. Read: 12 + 20 numbers of vectors, 5 biases, 5 ranks, 4 starts, 1 item left out;
    // written: 3 x 2 items and scores, and 3 numbers.
    [Fact]
    public void A_ranking_reads_vectors_once_and_writes_lists_alone() =>
        Assert.Equal(
            new Work((2 * 15 * 4) + 15, 4 * (12 + 20 + 5 + 5 + 4 + 1 + 6 + 6 + 3)),
            WorkOf(device => device.TopDots(
                new DotRanking(Matrix(3, 4), Matrix(5, 4), Vector(5), Integers(0, 1, 2, 3, 4), Integers(0, 0, 0, 1), Ids(2)),
                Integers(0, 0, 0), Integers(0, 0, 0, 0, 0, 0), Matrix(3, 2))));

    // The operation reads 2 users and 3 items, and writes a user and an item for each of 4 pairs.
    [Fact]
    public void Pairs_read_users_and_items_once() =>
        Assert.Equal(
            new Work(0, 4 * (2 + 3 + 4 + 4)),
            WorkOf(device => device.PairRows(
                Ids(0, 1), Ids(0, 1, 2), 2, device.Allocate<int>(4).Slice(), device.Allocate<int>(4).Slice())));

    // Two tables with vectors of 2, concatenated, then one layer; 3 samples. 3 x 4 multiply-adds, as many for dW, none for the input's
    // adjoint; db 3; the loss as its operation counts it. Read: 12 numbers of rows, 6 ids, 3 labels, W 4 and b 1; read and written: dW and
    // db.
    [Fact]
    public void The_work_of_a_network_is_that_of_its_layers_and_its_loss()
    {
        using SimdDevice device = new(1);
        Network network = new(
            new NetworkPair(new(Matrix(8, 2), null), new(Matrix(8, 2), null)), [], null, [],
            new NetworkLayer(Matrix(1, 4), Vector(1), Matrix(1, 4), Vector(1)));
        Assert.Equal(
            new Work(24 + 24 + 3 + LossOfThree(), 4 * (12 + 6 + 3 + 5 + (2 * 5))),
            WorkOf(
                device,
                d => d.Compile(network)?.Differentiate(new SampleBatch(Ids(0, 1, 7), Ids(2, 2, 3), default, Vector(3)), 1, Vector(1))));
    }

    // The product of vectors of 2, then one layer; 3 samples. 3 x 2 multiply-adds, as many for dW and for the input's adjoint; db 3; the
    // loss. Item x market, user x that, and four adjoints: 6 each. Read: three tables' rows, 9 ids, 3 labels, W 2 and b 1; written: three
    // tables' adjoints; read and written: dW and db.
    [Fact]
    public void The_work_of_a_market_aware_network_includes_the_product_with_the_market()
    {
        using SimdDevice device = new(1);
        Network network = new(
            null, [], new NetworkPair(Table(8, 2), Table(8, 2), Table(2, 2)), [],
            new NetworkLayer(Matrix(1, 2), Vector(1), Matrix(1, 2), Vector(1)));
        SampleBatch samples = new(Ids(0, 1, 7), Ids(2, 2, 3), Ids(0, 0, 1), Vector(3));
        Assert.Equal(
            new Work((3 * 12) + 3 + LossOfThree() + (6 * 6), 4 * (18 + 18 + 9 + 3 + 3 + (2 * 3))),
            WorkOf(device, d => d.Compile(network)?.Differentiate(samples, 1, Vector(1))));
    }

    // g' 2, m 3, v 4, the denominator 3, the step 3.
    [Fact]
    public void Adam_is_15_operations_and_eight_memory_accesses_per_element() =>
        Assert.Equal(
            new Work(15 * 10, 8 * 4 * 10),
            WorkOf(device => device.Update(default, new ParameterUpdate<Adam>(
                Adam.Dense(1, 0.01, 0.9, 0.999, 1e-8, 0), Vector(10), Vector(10), Vector(10), Vector(10)))));

    [Fact]
    public void Dense_Adam_of_a_table_counts_every_row_and_lazy_Adam_the_touched_rows()
    {
        Work dense = WorkOf(device => device.Update(default, Table(touchedOnly: false)));
        Work lazy = WorkOf(device => device.Update(default, Table(touchedOnly: true)));
        Assert.Equal(new Work((15 * 72) + 16, (24 * 72) + (2 * 4) + (4 * 16)), dense);
        Assert.Equal(new Work((15 * 16) + 16, (24 * 16) + (2 * 4) + (4 * 16)), lazy);
        Assert.Equal(dense + lazy, WorkOf(device => device.Update(default, Table(touchedOnly: false), Table(touchedOnly: true))));

        static ParameterUpdate<Adam> Table(bool touchedOnly) =>
            new(Adam.Dense(1, 0.01, 0.9, 0.999, 1e-8, 0), Matrix(9, 8), Vector(72), Vector(72), Ids(1, 3), Matrix(2, 8), touchedOnly);
    }

    [Property]
    public void Two_halves_of_a_minibatch_have_the_FLOPs_of_the_whole(DenseShape shape)
    {
        (int rows, int inputs, int outputs) = shape;
        long Flops(int count) =>
            WorkOf(device => device.Dense(Matrix(count, inputs), Matrix(outputs, inputs), default, Matrix(count, outputs))).Flops;
        Assert.Equal(Flops(2 * rows), 2 * Flops(rows));
    }

    private static Work WorkOf(Action<IDevice> operation)
    {
        using ScalarDevice scalar = new();
        return WorkOf(scalar, operation);
    }

    private static Work WorkOf(IDevice computing, Action<IDevice> operation)
    {
        using ProfilingDevice device = new(computing);
        TraceRecording recording = new();
        using (recording)
            operation(device);
        return Assert.Single(recording.Spans).Work;
    }

    private static long LossOfThree() =>
        WorkOf(d => d.Binary<BinaryCrossEntropy>(Vector(3), Vector(3), Vector(3))).Flops
        + WorkOf(d => d.BinaryBackward<BinaryCrossEntropy>(Vector(3), Vector(3), Vector(3), Vector(3), default)).Flops;

    private static Slice<Real> Vector(int length) => new HostStorage<Real>(length).Slice();

    private static Matrix Matrix(int rows, int columns) => new(Vector(rows * columns), rows, columns);

    private static NetworkTable Table(int rows, int columns) => new(Matrix(rows, columns), new RowGradient(new ScalarDevice(), columns));

    private static Slice<int> Integers(params int[] values)
    {
        HostStorage<int> storage = new(values.Length);
        storage.Write(0, values);
        return storage.Slice();
    }

    private static Segments SegmentsOf(params int[] starts) => Segments.Write(new HostStorage<int>(starts.Length).Slice(), starts);

    private static RowIds Ids(params int[] ids) => RowIds.Write(new HostStorage<int>(ids.Length).Slice(), ids);
}
