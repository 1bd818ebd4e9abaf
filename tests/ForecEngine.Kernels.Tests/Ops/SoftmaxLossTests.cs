// The cross-entropy over all items of the scalar device is that of double arithmetic; the vector devices have its bits. Shapes are around
// the boundaries of vectors, tiles and blocks of items.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class SoftmaxLossTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void The_loss_and_any_subset_of_its_adjoints_have_the_bits_of_the_scalar_device(
        CatalogueShape shape, bool wantsInput, bool wantsItems, bool wantsBias, Seed seed)
    {
        (int rows, int dimension, int items) = shape;
        Draws draws = new(seed);
        Real[] x = draws.Any(rows * dimension), table = draws.Any(items * dimension), bias = draws.Any(items);
        Real[] losses = draws.Any(rows), normalisers = draws.Any(rows), dlosses = draws.Any(rows);
        Real[] dx = draws.Any(x.Length), ditems = draws.Any(table.Length), dbias = draws.Any(items);
        int memory = draws.Below(2) * draws.Below(2 * SoftmaxLoss.BlockItems * (rows + 48)); // of no, one or two blocks
        int[] targets = draws.Rows(rows, Math.Max(1, items)), tableRows = draws.Rows(items, items), biasRows = draws.Rows(items, items);
        devices.Agree(work =>
        {
            Matrix left = work.Matrix(rows, dimension, x);
            Catalogue right = new(
                work.Matrix(items, dimension, table), work.Rows(tableRows), work.Vector(bias), work.Rows(biasRows));
            Slice<Real> logarithms = work.Vector(normalisers);
            RowIds ids = work.Rows(targets);
            Slice<Real> kept = work.Device.Allocate<Real>(memory).Slice(); // its contents are the device's
            work.Device.SoftmaxLoss(left, right, ids, work.Vector(losses), logarithms, kept);
            for (int pass = 0; pass < 2; pass++)
            {
                work.Device.SoftmaxLossBackward(
                    left, right, ids, logarithms, work.Vector(dlosses), work.MatrixIf(wantsInput, rows, dimension, dx),
                    work.MatrixIf(wantsItems, items, dimension, ditems), work.VectorIf(wantsBias, dbias), kept);
            }
        });
    }

    [Property(MaxTest = 30)]
    public void The_loss_is_that_of_double_arithmetic_and_the_adjoint_of_the_input_is_added(CatalogueShape shape, Seed seed)
    {
        (int rows, int dimension, int items) = shape;
        Draws draws = new(seed);
        Real[] x = draws.Ordinary(rows * dimension), table = draws.Ordinary(items * dimension), bias = draws.Ordinary(items);
        Real[] dlosses = draws.Ordinary(rows), dx = draws.Ordinary(x.Length), ditems = draws.Ordinary(table.Length);
        Real[] dbias = draws.Ordinary(items);
        int[] targets = draws.Rows(rows, Math.Max(1, items)), tableRows = draws.Rows(items, items), biasRows = draws.Rows(items, items);
        using ScalarDevice device = new();
        Workspace work = new(device);
        Matrix left = work.Matrix(rows, dimension, x);
        Catalogue right = new(work.Matrix(items, dimension, table), work.Rows(tableRows), work.Vector(bias), work.Rows(biasRows));
        Matrix gotX = work.Matrix(rows, dimension, dx), gotItems = work.Matrix(items, dimension, ditems);
        Slice<Real> losses = work.Vector(new Real[rows]), normalisers = work.Vector(new Real[rows]);
        Slice<Real> gotBias = work.Vector(dbias);
        RowIds ids = work.Rows(targets);
        device.SoftmaxLoss(left, right, ids, losses, normalisers);
        device.SoftmaxLossBackward(left, right, ids, normalisers, work.Vector(dlosses), gotX, gotItems, gotBias);

        double[] wantedX = [.. dx.Select(v => (double)v)], wantedItems = new double[ditems.Length], wantedBias = new double[items];
        for (int row = 0; row < rows; row++)
        {
            double[] logits = new double[items];
            for (int item = 0; item < items; item++)
            {
                logits[item] = bias[biasRows[item]];
                for (int i = 0; i < dimension; i++)
                    logits[item] += (double)x[(row * dimension) + i] * table[(tableRows[item] * dimension) + i];
            }

            double most = logits.Max(), normaliser = most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
            Close(normaliser, normalisers.Span[row], 1, $"normaliser {row}");
            Close(normaliser - logits[targets[row]], losses.Span[row], 1, $"loss {row}");
            for (int item = 0; item < items; item++)
            {
                double p = (Math.Exp(logits[item] - normaliser) - (item == targets[row] ? 1 : 0)) * dlosses[row];
                wantedBias[item] += p;
                for (int i = 0; i < dimension; i++)
                {
                    wantedX[(row * dimension) + i] += p * table[(tableRows[item] * dimension) + i];
                    wantedItems[(item * dimension) + i] += p * x[(row * dimension) + i];
                }
            }
        }

        CloseAll(wantedX, gotX.Values, 4, "dx"); // terms are at most 2 x 2, and a row's probabilities add up to 1
        CloseAll(wantedItems, gotItems.Values, 4 * Math.Max(1, rows), "ditems");
        CloseAll(wantedBias, gotBias, 2 * Math.Max(1, rows), "dbias");

        // A logit is a sum of terms of at most 4, and its error that of its chain. The normaliser has a few roundings more.
        void Close(double wanted, double got, double scale, string what) =>
            Assert.True(Math.Abs(wanted - got) <= 1e-6 * scale * (4 + dimension), $"{what} of {shape} is {got:R}, {wanted:R} in double");

        void CloseAll(double[] wanted, Slice<Real> got, double scale, string what)
        {
            for (int i = 0; i < wanted.Length; i++)
                Close(wanted[i], got.Span[i], scale, $"{what}[{i}]");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(SoftmaxLoss.BlockItems + 1)]
    [InlineData(5735)]
    public void The_loss_of_equal_logits_is_the_logarithm_of_the_number_of_items(int items) =>
        Assert.Equal(Math.Log(items), LossOf([1], new Real[items], items - 1), 1e-6);

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        Assert.Equal(2000, LossOf([1000], [1, -1], target: 1));
        Assert.Equal(0, LossOf([1000], [1, -1], target: 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_repeated_step_allocates_nothing(int threads)
    {
        using HostDevice device = threads == 0 ? new ScalarDevice() : new SimdDevice(threads);
        Workspace work = new(device);
        Draws draws = new(new Seed(1));
        (int rows, int dimension, int items) = (40, 9, SoftmaxLoss.BlockItems + 3);
        Matrix x = work.Matrix(rows, dimension, draws.Ordinary(rows * dimension));
        Matrix table = work.Matrix(items, dimension, draws.Ordinary(items * dimension));
        Slice<Real> bias = work.Vector(draws.Ordinary(items));
        RowIds all = work.Rows([.. Enumerable.Range(0, items)]);
        Catalogue catalogue = new(table, all, bias, all);
        Slice<Real> losses = work.Vector(new Real[rows]), normalisers = work.Vector(new Real[rows]);
        RowIds targets = work.Rows(draws.Rows(rows, items));
        Segments segments = Segments.Write(device.Allocate<int>(3).Slice(), [0, 7, rows]);
        Matrix y = work.Matrix(2, dimension, new Real[2 * dimension]);
        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            device.SoftmaxLoss(x, catalogue, targets, losses, normalisers);
            device.SoftmaxLossBackward(x, catalogue, targets, normalisers, losses, x, table, bias);
            device.SegmentSum(x, losses, segments, y);
            device.SegmentSumBackward(losses, segments, y, x);
        }));
    }

    // The loss of a row of one number.
    private static double LossOf(Real[] x, Real[] items, int target)
    {
        using ScalarDevice device = new();
        Workspace work = new(device);
        Slice<Real> losses = work.Vector([7]), normalisers = work.Vector([7]);
        RowIds all = work.Rows([.. Enumerable.Range(0, items.Length)]);
        Catalogue catalogue = new(work.Matrix(items.Length, 1, items), all, work.Vector(new Real[items.Length]), all);
        device.SoftmaxLoss(work.Matrix(1, 1, x), catalogue, work.Rows([target]), losses, normalisers);
        return losses.Span[0];
    }
}
