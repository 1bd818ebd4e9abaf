// Compares every operation with the scalar device over random shapes: within 1e-4 of the sum of its terms' magnitudes, which is the
// operation on the magnitudes of its arguments. Operations that only move numbers have the same bits.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuDeviceTests(TestAccelerator accelerator) : IClassFixture<TestAccelerator>
{
    private const int Cases = 8;
    private const float Exact = 0;
    private const float Tolerance = 1e-4f;

    private readonly GpuDevice _gpu = accelerator.Gpu;
    private readonly ScalarDevice _scalar = accelerator.Scalar;

    [Property(MaxTest = Cases)]
    public void Elementwise_operations_agree(ulong seed)
    {
        Unary<Sigmoid>(seed);
        Unary<Relu>(seed);
        Unary<Absolute>(seed);
        Binary<Product>(seed);
        Binary<Addition>(seed);
        Binary<SquaredError>(seed);
        Binary<BinaryCrossEntropy>(seed);
    }

    [Property(MaxTest = Cases)]
    public void Copies_and_fills_have_the_same_bits(ulong seed) => Agree(seed, Exact, (device, draw) =>
    {
        int n = draw.Below("n", 40);
        Slice<float> x = draw.Normals("x", n), y = draw.Normals("y", n), z = draw.Normals("z", n);
        device.Copy(x, y);
        device.Fill(z, 2.5f);
        return [x, y, z];
    });

    [Property(MaxTest = Cases)]
    public void Rows_are_gathered_and_put_with_the_same_bits(ulong seed) => Agree(seed, Exact, (device, draw) =>
    {
        (int table, int batch, int columns) = (1 + draw.Below("table", 9), draw.Below("batch", 12), 1 + draw.Below("columns", 9));
        Matrix from = draw.Normals("from", table, columns), y = draw.Normals("y", batch, columns), to = draw.Normals("to", table, columns);
        RowIds rows = draw.Rows("rows", batch, table);
        device.Gather(from, rows, y);
        device.PutRows(y, rows, to);
        return [y.Values, to.Values];
    });

    [Property(MaxTest = Cases)]
    public void Row_numbers_are_mapped_alike(ulong seed)
    {
        Case host = new(_scalar, seed), own = new(_gpu, seed);
        Assert.Equal(Mapped(_scalar, host), Mapped(_gpu, own));

        static int[] Mapped(IDevice device, Case draw)
        {
            int[] map = Case.Make(9, i => draw.Of("map").Below(i, 1000));
            Slice<int> y = device.Allocate<int>(20).Slice();
            device.MapRows(draw.Put<int>(map), draw.Rows("rows", 20, 9), y);
            return Read(y);
        }
    }

    [Property(MaxTest = 4 * Cases)]
    public void Samples_are_drawn_with_the_same_bits(ulong seed)
    {
        Assert.Equal(Drawn(_scalar), Drawn(_gpu));

        string Drawn(IDevice device)
        {
            Case draw = new(device, seed);
            (int count, int users, int pool) = (draw.Below("rows", 40), 1 + draw.Below("users", 6), draw.Below("pool", 60));
            int[][] excluded = Case.Make(users, user =>
            {
                int most = draw.Of("excluded").Below(user, 9); // of 8: some users have no free item
                return Enumerable.Range(0, pool).Where(item => draw.Of($"excluded/{user}").Below((ulong)item, 8) < most).ToArray();
            });
            int[] ends = [0, .. excluded.Select((_, user) => excluded.Take(user + 1).Sum(items => items.Length))];
            int[] userOf = Case.Make(count, i => draw.Of("user").Below(i, users)), starts = new int[count + 1];
            Sample[] rows = Case.Make(
                count, i => new Sample(100 + userOf[i], draw.Of("item").Below(i, 1000), draw.Of("label").Below(i, 4) > 0));
            int wanted = draw.Below("wanted", 12);
            for (int i = 0; i < count; i++)
                starts[i + 1] = starts[i] + 1 + (rows[i].IsPositive ? Math.Min(wanted, pool - excluded[userOf[i]].Length) : 0);
            Slice<Sample> samples = device.Allocate<Sample>(starts[count]).Slice();
            device.DrawSamples(
                new SampleDraws(
                    draw.Of("draws").At(3), draw.Put<Sample>(rows), draw.Put<int>(starts), starts[count], draw.Put<int>(userOf),
                    draw.Put<int>(ends), draw.Put<int>([.. excluded.SelectMany(items => items)]),
                    draw.Put<int>(Case.Make(pool, i => draw.Of("table").Below(i, int.MaxValue)))),
                samples);
            return string.Join(' ', Read(samples).Select(sample => (sample.User, sample.Item, sample.IsPositive)));
        }
    }

    [Property(MaxTest = Cases)]
    public void Samples_are_taken_in_the_same_order(ulong seed)
    {
        Assert.Equal(Taken(_scalar), Taken(_gpu));

        string Taken(IDevice device)
        {
            Case draw = new(device, seed);
            int group = 1 + draw.Below("group", 4), n = group * (1 + draw.Below("n", 300));
            int first = draw.Below("first", 3 * n), count = draw.Below("count", 2 * n);
            Sample[] all = Case.Make(n, i => new Sample((int)i, (int)(7 * i), draw.Of("label").Below(i, 2) == 1));
            Slice<int> users = device.Allocate<int>(count).Slice(), items = device.Allocate<int>(count).Slice();
            Slice<float> labels = device.Allocate<float>(count).Slice();
            device.TakeSamples(
                new SampleRange(draw.Put<Sample>(all), draw.Of("order"), first, count, group), users, items, labels);
            return string.Join(' ', Read(users).Zip(Read(items), Read(labels)));
        }
    }

    [Property(MaxTest = Cases)]
    public void The_positions_of_minibatches_are_sorted_by_row(ulong seed)
    {
        Assert.Equal(Sorted(_scalar), Sorted(_gpu));

        long[] Sorted(IDevice device)
        {
            Case draw = new(device, seed);
            int size = 1 + draw.Below("size", draw.Below("large", 4) == 0 ? 3000 : 40), length = 1 + draw.Below("length", 3 * size);
            int first = draw.Below("first", 7), count = draw.Below("count", 9);
            int samples = (int)(MinibatchRows.Start(first + count, length, size) - MinibatchRows.Start(first, length, size));
            Slice<int> rows = draw.Rows("rows", samples, 50).Values;
            Slice<long> keys = device.Allocate<long>(count * MinibatchRows.BlockLength(size)).Slice();
            device.SortRows(new MinibatchRows(rows, first, count, length, size), keys);
            return Read(keys);
        }
    }

    [Property(MaxTest = Cases)]
    public void A_dense_layer_and_its_adjoints_agree(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        (int rows, int inputs, int outputs) = (draw.Below("rows", 300), 1 + draw.Below("inputs", 20), 1 + draw.Below("outputs", 20));
        Matrix x = draw.Normals("x", rows, inputs), weight = draw.Normals("weight", outputs, inputs);
        Matrix y = draw.Normals("y", rows, outputs), dy = draw.Normals("dy", rows, outputs), dx = draw.Normals("dx", rows, inputs);
        Matrix dweight = draw.Normals("dweight", outputs, inputs);
        Slice<float> bias = draw.Below("biased", 2) == 1 ? draw.Normals("bias", outputs) : default, dbias = draw.Normals("dbias", outputs);
        device.Dense(x, weight, bias, y);
        device.DenseBackward(x, weight, dy, dx, dweight, dbias);
        return [y.Values, dx.Values, dweight.Values, dbias];
    });

    [Property(MaxTest = 2 * Cases)]
    public void Matrix_products_agree(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        (int rows, int depth, int columns) = (draw.Below("rows", 90), draw.Below("depth", 40), draw.Below("columns", 150));
        Transposed transposed = (Transposed)draw.Below("transposed", 4);
        Matrix a = transposed.HasFlag(Transposed.A) ? draw.Normals("a", depth, rows) : draw.Normals("a", rows, depth);
        Matrix b = transposed.HasFlag(Transposed.B) ? draw.Normals("b", columns, depth) : draw.Normals("b", depth, columns);
        Matrix c = draw.Normals("c", rows, columns);
        device.Multiply(a, b, c, transposed, draw.Below("adds", 2) == 1);
        return [c.Values];
    });

    [Property(MaxTest = Cases)]
    public void Inverses_of_positive_definite_matrices_agree(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        // The terms are of magnitude 1, and so is the inverse of this matrix, which is near the identity.
        int n = 1 + draw.Below("n", draw.Below("large", 4) == 0 ? 800 : 100);
        float[] a = Case.Make(n * n, i => (float)draw.Of("a").Normal(i) / n);
        for (int i = 0; i < n * n; i += n + 1)
            a[i] = 1.5f + MathF.Abs(a[i]);
        Matrix matrix = new(draw.Put<float>(a), n, n);
        device.CholeskyInverse(matrix);
        float[] inverse = Read(matrix.Values);
        Assert.Equal(inverse, Case.Make(n * n, i => inverse[((int)i % n * n) + ((int)i / n)]));
        device.Fill(matrix.Values, 1);
        return [draw.Put<float>(inverse)];
    });

    [Theory]
    [InlineData(5, 3)]
    [InlineData(500, 450)]
    public void A_pivot_that_is_not_positive_is_named(int n, int pivot)
    {
        foreach (IDevice device in (IDevice[])[_scalar, _gpu])
        {
            Slice<float> values = device.Allocate<float>(n * n).Slice();
            values.Write(Case.Make(n * n, i => (int)i / n == (int)i % n ? (int)i / n == pivot ? -2f : 1 : 0));
            ArithmeticException error = Assert.Throws<ArithmeticException>(() => device.CholeskyInverse(new Matrix(values, n, n)));
            Assert.Contains($"{n} x {n} is not positive definite: pivot {pivot} is -2", error.Message, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = Cases)]
    public void Columns_are_joined_and_split_alike(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        (int rows, int left, int right) = (draw.Below("rows", 20), 1 + draw.Below("left", 9), 1 + draw.Below("right", 9));
        Matrix a = draw.Normals("a", rows, left), b = draw.Normals("b", rows, right), y = draw.Normals("y", rows, left + right);
        device.Concatenate(a, b, y);
        device.ConcatenateBackward(draw.Normals("dy", rows, left + right), a, b);
        return [y.Values, a.Values, b.Values];
    });

    [Property(MaxTest = Cases)]
    public void Means_agree(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        Slice<float> x = draw.Normals("x", draw.Below("n", 1500)), y = draw.Put(7), dy = draw.Put(0.25f);
        device.Mean(x, y);
        device.MeanBackward(dy, x);
        return [x, y];
    });

    [Property(MaxTest = Cases)]
    public void The_softmax_and_its_adjoint_agree(ulong seed)
    {
        Case host = new(_scalar, seed), own = new(_gpu, seed);
        Close(Outputs(_scalar, host), Outputs(_gpu, own), [.. Enumerable.Repeat(1f, 3)]);

        static float[][] Outputs(IDevice device, Case draw)
        {
            (int rows, int columns) = (draw.Below("rows", 9), 1 + draw.Below("columns", 9));
            Matrix x = draw.Normals("x", rows, columns), y = draw.Normals("y", rows, columns), dx = draw.Normals("dx", rows, columns);
            device.Softmax(x, y);
            device.SoftmaxBackward(y, draw.Normals("dy", rows, columns), dx);
            return [Read(y.Values), Read(dx.Values)];
        }
    }

    [Property(MaxTest = Cases)]
    public void The_losses_of_rows_and_their_adjoints_agree(ulong seed)
    {
        Agrees<BprLoss>();
        Agrees<SampledSoftmaxLoss>();

        void Agrees<TLoss>()
            where TLoss : unmanaged, IRowLoss => Close(
                Outputs<TLoss>(_scalar, new(_scalar, seed)), Outputs<TLoss>(_gpu, new(_gpu, seed)), [.. Enumerable.Repeat(4f, 3)]);

        static float[][] Outputs<TLoss>(IDevice device, Case draw)
            where TLoss : unmanaged, IRowLoss
        {
            (int rows, int columns) = (draw.Below("rows", 9), 1 + draw.Below("columns", 9));
            Matrix x = draw.Normals("x", rows, columns), y = draw.Normals("y", rows, 1), dx = draw.Normals("dx", rows, columns);
            device.RowLoss<TLoss>(x, y.Values);
            device.RowLossBackward<TLoss>(x, draw.Normals("dy", rows, 1).Values, dx);
            return [Read(y.Values), Read(dx.Values)];
        }
    }

    [Property(MaxTest = Cases)]
    public void Dropout_masks_have_the_same_bits(ulong seed) => Agree(seed, Exact, (device, draw) =>
    {
        (int samples, int units) = (draw.Below("samples", 9), 1 + draw.Below("units", 9));
        Matrix mask = draw.Normals("mask", samples, units);
        device.DropoutMask(
            new DropoutDraws(draw.Of("layer"), draw.Of("p").Uniform(0), Step: 3), draw.Rows("users", samples, 99),
            draw.Rows("items", samples, 99), mask);
        return [mask.Values];
    });

    [Property(MaxTest = Cases)]
    public void An_update_of_all_elements_agrees(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        int n = 1 + draw.Below("n", 40);
        Slice<float> p = draw.Normals("p", n), m = draw.Normals("m", n), v = draw.Shares("v", n), gradient = draw.Normals("gradient", n);
        device.Update<Adam>(draw.Put(Loss(draw)), new ParameterUpdate<Adam>(Rule, p, m, v, gradient));
        return [p, m, v, gradient];
    });

    [Property(MaxTest = Cases)]
    public void An_update_of_a_table_agrees(ulong seed) => Agree(seed, Tolerance, (device, draw) =>
    {
        (int rows, int columns, int positions) = (1 + draw.Below("rows", 30), 1 + draw.Below("columns", 9), draw.Below("positions", 3000));
        Matrix p = draw.Normals("p", rows, columns), gradient = draw.Normals("gradient", positions, columns);
        Slice<float> m = draw.Normals("m", rows * columns), v = draw.Shares("v", rows * columns);
        device.Update<Adam>(draw.Put(Loss(draw)), new ParameterUpdate<Adam>(
            Rule, p, m, v, draw.Rows("named", positions, rows), gradient, touchedOnly: draw.Below("lazy", 2) == 1));
        return [p.Values, m, v];
    });

    [Property(MaxTest = Cases)]
    public void Rows_with_few_positions_have_the_sums_of_the_scalar_device_bit_for_bit(ulong seed) =>
        Sums(seed, Exact, leastRows: 200, mostPositions: 1000); // far fewer than 64 a row

    [Property(MaxTest = Cases)]
    public void Rows_with_many_positions_are_summed_by_a_group(ulong seed) => Sums(seed, Tolerance, leastRows: 1, mostPositions: 3000);

    private void Sums(ulong seed, float tolerance, int leastRows, int mostPositions) => Agree(seed, tolerance, (device, draw) =>
    {
        int rows = leastRows + draw.Below("rows", 100), columns = 1 + draw.Below("columns", 3);
        int positions = draw.Below("positions", mostPositions);
        Matrix p = new(device.Allocate<float>(rows * columns).Slice(), rows, columns);
        device.Update<Sgd>(default, new ParameterUpdate<Sgd>(
            new Sgd(1, 0), p, default, default, draw.Rows("named", positions, rows), draw.Normals("gradient", positions, columns),
            touchedOnly: draw.Below("lazy", 2) == 1));
        return [p.Values];
    });

    [Fact]
    public void Memory_of_another_device_is_refused_by_name()
    {
        Slice<float> host = new HostStorage<float>(2).Slice(), y = _gpu.Allocate<float>(2).Slice();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _gpu.Unary<Relu>(host, y));
        Assert.Contains($"x is not in the memory of {_gpu.Info.Id}", refused.Message, StringComparison.Ordinal);
    }

    private static Adam Rule => Adam.Dense(t: 3, learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 1e-3);

    private static float Loss(Case draw) => draw.Below("loss", 4) == 0 ? float.NaN : 1;

    private void Unary<TOp>(ulong seed)
        where TOp : unmanaged, IUnaryOp => Elementwise(seed, (device, x, _, dy, y, dx, _) =>
        {
            device.Unary<TOp>(x, y);
            device.UnaryBackward<TOp>(x, dy, dx);
        });

    private void Binary<TOp>(ulong seed)
        where TOp : unmanaged, IBinaryOp => Elementwise(seed, (device, a, b, dy, y, da, db) =>
        {
            device.Binary<TOp>(a, b, y);
            device.BinaryBackward<TOp>(a, b, dy, da, db);
        });

    // An elementwise operation's terms: its arguments, and what its adjoints are added to.
    private void Elementwise(
        ulong seed, Action<IDevice, Slice<float>, Slice<float>, Slice<float>, Slice<float>, Slice<float>, Slice<float>> run)
    {
        Case draws = new(_scalar, seed);
        int n = draws.Below("n", 40);
        float[] scale = [.. Enumerable.Range(0, 3 * n).Select(i => 200f)];
        Close(Outputs(_scalar), Outputs(_gpu), scale);

        float[][] Outputs(IDevice device)
        {
            Case draw = new(device, seed);
            Slice<float> y = draw.Normals("y", n), da = draw.Normals("da", n), db = draw.Normals("db", n);
            run(device, draw.Logits("a", n), draw.Shares("b", n), draw.Normals("dy", n), y, da, db);
            return [Read(y), Read(da), Read(db)];
        }
    }

    private void Agree(ulong seed, float tolerance, Func<IDevice, Case, Slice<float>[]> run)
    {
        float[][] expected = Outputs(_scalar, false), found = Outputs(_gpu, false), magnitudes = Outputs(_scalar, tolerance > 0);
        for (int i = 0; i < expected.Length; i++)
            Close([expected[i]], [found[i]], [.. magnitudes[i].Select(x => tolerance / Tolerance * (1e-3f + MathF.Abs(x)))]);

        float[][] Outputs(IDevice device, bool absolute) => [.. run(device, new Case(device, seed, absolute)).Select(Read)];
    }

    private static void Close(float[][] expected, float[][] found, float[] scale)
    {
        foreach ((float[] left, float[] right) in expected.Zip(found))
        {
            Assert.Equal(left.Length, right.Length);
            for (int i = 0; i < left.Length; i++)
            {
                float most = Tolerance * scale[Math.Min(i, scale.Length - 1)];
                Assert.True(
                    left[i].Equals(right[i]) || MathF.Abs(left[i] - right[i]) <= most, $"element {i}: {right[i]:R}, expected {left[i]:R}");
            }
        }
    }

    private static T[] Read<T>(Slice<T> slice)
        where T : unmanaged
    {
        T[] values = new T[slice.Length];
        slice.Read(values);
        return values;
    }
}
