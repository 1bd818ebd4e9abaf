// Compares the kernels with the scalar device on ILGPU's CPU accelerator, over random tiny shapes. There, sums, products and copies have
// the same bits; operations with exp or log differ, because multiply-adds round twice.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuOperationsTests(CpuAccelerator cpu) : IClassFixture<CpuAccelerator>
{
    private const int Cases = 50;
    private const float Exact = 0;
    private const float Rounded = 1e-6f;

    private readonly GpuOperations _gpu = cpu.Operations;
    private readonly ScalarDevice _scalar = cpu.Scalar;

    [Property(MaxTest = Cases)]
    public void Sigmoid_agrees_with_the_scalar_device_within_1e_6(ulong seed) => CheckUnary<Sigmoid>(seed, Rounded);

    [Property(MaxTest = Cases)]
    public void Relu_has_the_bits_of_the_scalar_device(ulong seed) => CheckUnary<Relu>(seed, Exact);

    [Property(MaxTest = Cases)]
    public void Product_has_the_bits_of_the_scalar_device(ulong seed) => CheckBinary<Product>(seed, Exact);

    [Property(MaxTest = Cases)]
    public void Cross_entropy_agrees_with_the_scalar_device_within_1e_6(ulong seed) => CheckBinary<BinaryCrossEntropy>(seed, Rounded);

    [Property(MaxTest = Cases)]
    public void Gathered_rows_have_the_bits_of_the_scalar_device(ulong seed)
    {
        Draws draws = new(seed);
        (int table, int batch, int columns) = (1 + draws.Below("table", 6), draws.Below("batch", 12), 1 + draws.Below("columns", 9));
        CheckGather(draws.Normals("table", table * columns), table, draws.Rows(batch, table));
    }

    [Fact]
    public void An_empty_batch_changes_nothing()
    {
        CheckGather([1, 2, 3], tableRows: 1, rows: []);
        _gpu.Unary<Sigmoid>(default, default);
        _gpu.Binary<Product>(default, default, default);
        using GpuStorage<float> x = Upload<float>([1, 2]);
        _gpu.UnaryBackward<Relu>(x.Slice(), x.Slice(), default);
        Assert.Equal([1, 2], Read(x));
    }

    [Fact]
    public void A_row_can_be_gathered_several_times() =>
        Assert.Equal([3, 4, 3, 4, 3, 4], CheckGather([1, 2, 3, 4], tableRows: 2, rows: [1, 1, 1]));

    [Fact]
    public void NaN_stays_NaN()
    {
        using GpuStorage<float> x = Upload<float>([float.NaN, 1]);
        using GpuStorage<float> y = _gpu.Allocate<float>(2);
        _gpu.Unary<Sigmoid>(x.Slice(), y.Slice());
        Assert.True(float.IsNaN(Read(y)[0]));
        _gpu.Unary<Relu>(x.Slice(), y.Slice());
        Assert.Equal([float.NaN, 1], Read(y));
    }

    [Fact]
    public void A_row_that_is_not_in_the_table_is_refused()
    {
        using GpuStorage<float> table = Upload<float>([1, 2]);
        using GpuStorage<int> rows = Upload([0, 2]);
        using GpuStorage<float> y = _gpu.Allocate<float>(2);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _gpu.Gather(new(table.Slice(), 2, 1), RowIds.Known(rows.Slice(), 3), new(y.Slice(), 2, 1)));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using GpuStorage<float> two = Upload<float>([1, 2]);
        using GpuStorage<float> three = Upload<float>([1, 2, 3]);
        Assert.Throws<ArgumentException>(() => _gpu.Unary<Relu>(two.Slice(), three.Slice()));
        Assert.Throws<ArgumentException>(() => _gpu.Binary<Product>(two.Slice(), three.Slice(), two.Slice()));
        Assert.Throws<ArgumentException>(() => _gpu.UnaryBackward<Relu>(two.Slice(), two.Slice(), three.Slice()));
    }

    [Fact]
    public void Memory_of_another_device_is_refused_by_name()
    {
        HostStorage<float> host = new(2);
        using GpuStorage<float> y = _gpu.Allocate<float>(2);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _gpu.Unary<Relu>(host.Slice(), y.Slice()));
        Assert.Contains("x is not in the memory of cpu:0", refused.Message, StringComparison.Ordinal);

        using GpuOperations other = GpuOperations.Open(AcceleratorKind.Cpu);
        using GpuStorage<float> foreign = other.Allocate<float>(2);
        Assert.Throws<ArgumentException>(() => _gpu.Unary<Relu>(foreign.Slice(), y.Slice()));
    }

    private void CheckUnary<TOp>(ulong seed, float tolerance)
        where TOp : unmanaged, IUnaryOp
    {
        Draws draws = new(seed);
        int n = draws.Below("n", 40);
        float[] x = draws.Logits("x", n), dy = draws.Normals("dy", n), before = draws.Normals("before", n);
        Slice<float> hx = OnHost(x), hy = OnHost(before), hdx = OnHost(before);
        _scalar.Unary<TOp>(hx, hy);
        _scalar.UnaryBackward<TOp>(hx, OnHost(dy), hdx);

        using GpuStorage<float> gx = Upload(x), gdy = Upload(dy), gy = Upload(before), gdx = Upload(before);
        _gpu.Unary<TOp>(gx.Slice(), gy.Slice());
        _gpu.UnaryBackward<TOp>(gx.Slice(), gdy.Slice(), gdx.Slice());
        AssertClose(hy, gy, tolerance);
        AssertClose(hdx, gdx, tolerance, before, dy);
    }

    private void CheckBinary<TOp>(ulong seed, float tolerance)
        where TOp : unmanaged, IBinaryOp
    {
        Draws draws = new(seed);
        int n = draws.Below("n", 40);
        float[] a = draws.Logits("a", n), b = draws.Labels("b", n), dy = draws.Normals("dy", n), before = draws.Normals("before", n);
        Slice<float> ha = OnHost(a), hb = OnHost(b), hy = OnHost(before), hda = OnHost(before), hdb = OnHost(before);
        _scalar.Binary<TOp>(ha, hb, hy);
        _scalar.BinaryBackward<TOp>(ha, hb, OnHost(dy), hda, hdb);

        using GpuStorage<float> ga = Upload(a), gb = Upload(b), gdy = Upload(dy);
        using GpuStorage<float> gy = Upload(before), gda = Upload(before), gdb = Upload(before);
        _gpu.Binary<TOp>(ga.Slice(), gb.Slice(), gy.Slice());
        _gpu.BinaryBackward<TOp>(ga.Slice(), gb.Slice(), gdy.Slice(), gda.Slice(), default);
        Assert.Equal(before, Read(gdb));
        _gpu.BinaryBackward<TOp>(ga.Slice(), gb.Slice(), gdy.Slice(), default, gdb.Slice());
        AssertClose(hy, gy, tolerance);
        AssertClose(hda, gda, tolerance, before, dy);
        AssertClose(hdb, gdb, tolerance, before, dy);
    }

    private float[] CheckGather(float[] table, int tableRows, int[] rows)
    {
        int columns = table.Length / tableRows;
        RowIds hostRows = RowIds.Write(new HostStorage<int>(rows.Length).Slice(), rows);
        Slice<float> expected = OnHost(new float[rows.Length * columns]);
        _scalar.Gather(new(OnHost(table), tableRows, columns), hostRows, new(expected, rows.Length, columns));

        using GpuStorage<float> gtable = Upload(table), y = _gpu.Allocate<float>(expected.Length);
        using GpuStorage<int> grows = Upload(rows);
        _gpu.Gather(
            new(gtable.Slice(), tableRows, columns), RowIds.Known(grows.Slice(), hostRows.Bound), new(y.Slice(), rows.Length, columns));
        AssertClose(expected, y, Exact);
        return Read(y);
    }

    // The error is relative to the result and to its terms: where s(z) - t, 1 - s(x) or the addition to an adjoint cancels, the result
    // keeps the absolute error of its terms, on either device.
    private static void AssertClose(Slice<float> expected, GpuStorage<float> actual, float tolerance, params float[][] terms)
    {
        float[] read = Read(actual);
        Assert.Equal(expected.Length, read.Length);
        for (int i = 0; i < read.Length; i++)
        {
            float scale = MathF.Abs(expected.Span[i]) + terms.Sum(term => MathF.Abs(term[i]));
            Assert.True(
                MathF.Abs(read[i] - expected.Span[i]) <= tolerance * scale,
                $"element {i}: {read[i]:R} where {expected.Span[i]:R} is expected");
        }
    }

    private static Slice<float> OnHost(float[] values)
    {
        HostStorage<float> storage = new(values.Length);
        storage.Write(0, values);
        return storage.Slice();
    }

    private GpuStorage<T> Upload<T>(T[] values)
        where T : unmanaged
    {
        GpuStorage<T> storage = _gpu.Allocate<T>(values.Length);
        storage.Write(0, values);
        return storage;
    }

    private static float[] Read(GpuStorage<float> storage)
    {
        float[] values = new float[storage.Length];
        storage.Read(0, values);
        return values;
    }

    private sealed record Draws(ulong Seed)
    {
        public int Below(string name, int bound) => Of(name).Below(0, bound);

        public float[] Normals(string name, int n) => Make(n, i => (float)Of(name).Normal(i));

        // Beyond +-87 exp is clamped; at 0 relu has its kink.
        public float[] Logits(string name, int n) => Make(n, i => Of(name).Below(i, 8) switch
        {
            0 => 0,
            1 => 100,
            2 => -100,
            _ => 6 * (float)Of($"{name}/values").Normal(i),
        });

        public float[] Labels(string name, int n) => Make(n, i => (float)Of(name).Uniform(i));

        public int[] Rows(int n, int bound) => Make(n, i => Of("rows").Below(i, bound));

        private RandomSequence Of(string name) => RandomSequence.Named(Seed, $"test/{name}");

        private static T[] Make<T>(int n, Func<ulong, T> element) => [.. Enumerable.Range(0, n).Select(i => element((ulong)i))];
    }
}
