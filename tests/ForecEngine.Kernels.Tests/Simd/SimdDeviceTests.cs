// Compares every operation of the vector device with the scalar device, the specification, over random shapes and numbers, bit for bit.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class SimdDeviceTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void Fill_has_the_bits_of_the_scalar_device(Length length, Seed seed)
    {
        Draws draws = new(seed);
        Real[] x = draws.Any(length.Value);
        Real value = draws.Any(1)[0];
        devices.Agree(work => work.Device.Fill(work.Vector(x), value));
    }

    [Property]
    public void Relu_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Unary<Relu>(length, seed);

    [Property]
    public void Sigmoid_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Unary<Sigmoid>(length, seed);

    [Property]
    public void Absolute_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Unary<Absolute>(length, seed);

    [Property]
    public void Addition_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Binary<Addition>(length, seed);

    [Property]
    public void Product_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Binary<Product>(length, seed);

    [Property]
    public void Squared_error_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Binary<SquaredError>(length, seed);

    [Property]
    public void Cross_entropy_has_the_bits_of_the_scalar_device(Length length, Seed seed) => Binary<BinaryCrossEntropy>(length, seed);

    [Property]
    public void Gather_has_the_bits_of_the_scalar_device(RowCount tableRows, RowCount batch, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        int count = tableRows.Value == 0 ? 0 : batch.Value;
        int[] rows = draws.Rows(count, Math.Max(1, tableRows.Value));
        Real[] table = draws.Any(tableRows.Value * columns.Value), y = draws.Any(count * columns.Value);
        devices.Agree(work => work.Device.Gather(
            work.Matrix(tableRows.Value, columns.Value, table), work.Rows(rows), work.Matrix(count, columns.Value, y)));
    }

    [Property]
    public void Put_is_the_inverse_of_gather(RowCount tableRows, RowCount batch, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        int[] rows = draws.Rows(tableRows.Value == 0 ? 0 : batch.Value, Math.Max(1, tableRows.Value));
        Real[] table = draws.Any(tableRows.Value * columns.Value), moved = draws.Any(table.Length);
        devices.Agree(work =>
        {
            Matrix values = work.Matrix(tableRows.Value, columns.Value, table);
            Matrix kept = work.Matrix(rows.Length, columns.Value, new Real[rows.Length * columns.Value]);
            RowIds ids = work.Rows(rows);
            work.Device.Gather(values, ids, kept);
            for (int i = 0; i < table.Length; i++)
                values.Values.Span[i] = rows.Contains(i / columns.Value) ? moved[i] : table[i];
            work.Device.PutRows(kept, ids, values);
            Assert.Equal(table, values.Values.Span.ToArray());
        });
    }

    [Property]
    public void Samples_are_taken_in_the_given_order(Length length, Seed seed)
    {
        Draws draws = new(seed);
        int group = 1 + draws.Below(3), all = group * (1 + length.Value), first = draws.Below(3 * all), count = draws.Below(2 * all);
        Sample[] samples =
        [
            .. Enumerable.Range(0, all).Select(
                i => new Sample(draws.Below(int.MaxValue), draws.Below(int.MaxValue), draws.Below(2) == 0)),
        ];
        RandomSequence orders = RandomSequence.Named(1, "test");
        KeyedOrder OrderOf(int pass) => new(orders, (ulong)pass, all / group);
        devices.Agree(work =>
        {
            Storage<Sample> storage = work.Device.Allocate<Sample>(all);
            storage.Write(0, samples);
            Slice<int> users = work.Device.Allocate<int>(count).Slice(), items = work.Device.Allocate<int>(count).Slice();
            Slice<Real> labels = work.Vector(new Real[count]);
            work.Device.TakeSamples(new SampleRange(storage.Slice(), orders, first, count, group), users, items, labels);
            Sample[] expected = [.. Enumerable.Range(first, count).Select(
                place => samples[(OrderOf(place / all).At(place % all / group) * group) + (place % group)])];
            Assert.Equal(expected.Select(sample => sample.User), users.Span.ToArray());
            Assert.Equal(expected.Select(sample => sample.Item), items.Span.ToArray());
            Assert.Equal(expected.Select(sample => (Real)(sample.IsPositive ? 1 : 0)), labels.Span.ToArray());
        });
    }

    [Property]
    public void Losses_of_rows_and_their_adjoints_have_the_bits_of_the_scalar_device(RowCount rows, ColumnCount columns, Seed seed)
    {
        (int n, int width) = (rows.Value, 1 + columns.Value);
        Draws draws = new(seed);
        Real[] x = draws.Any(n * width), dy = draws.Any(n), dx = draws.Any(n * width);
        devices.Agree(work => Run<BprLoss>(work));
        devices.Agree(work => Run<SampledSoftmaxLoss>(work));

        void Run<TLoss>(Workspace work)
            where TLoss : unmanaged, IRowLoss
        {
            work.Device.RowLoss<TLoss>(work.Matrix(n, width, x), work.Vector(new Real[n]));
            work.Device.RowLossBackward<TLoss>(work.Matrix(n, width, x), work.Vector(dy), work.Matrix(n, width, dx));
        }
    }

    [Property]
    public void A_softmax_and_its_adjoint_have_the_bits_of_the_scalar_device(RowCount rows, ColumnCount columns, Seed seed)
    {
        (int n, int width) = (rows.Value, columns.Value);
        Draws draws = new(seed);
        Real[] x = draws.Any(n * width), y = draws.Any(n * width), dy = draws.Any(n * width), dx = draws.Any(n * width);
        devices.Agree(work =>
        {
            work.Device.Softmax(work.Matrix(n, width, x), work.Matrix(n, width, y));
            work.Device.SoftmaxBackward(work.Matrix(n, width, y), work.Matrix(n, width, dy), work.Matrix(n, width, dx));
        });
    }

    [Property]
    public void Numbers_that_are_not_finite_are_counted_row_by_row(RowCount rows, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        (int n, int width) = (rows.Value, columns.Value);
        Real[] x =
        [
            .. draws.Any(n * width).Select(
                value => draws.Below(9) == 0 ? Real.NaN : draws.Below(9) == 0 ? Real.NegativeInfinity : value),
        ];
        devices.Agree(work =>
        {
            Slice<int> counts = work.Device.Allocate<int>(n).Slice();
            work.Device.CountNonFinite(counts, work.Matrix(n, width, x));
            Assert.Equal(
                Enumerable.Range(0, n).Select(row => x[(row * width)..((row + 1) * width)].Count(value => !Real.IsFinite(value))),
                counts.Span.ToArray());
        });
    }

    [Property]
    public void Pairs_go_through_all_items_of_each_user(ColumnCount users, ColumnCount items, Seed seed)
    {
        Draws draws = new(seed);
        int[] user = draws.Rows(users.Value, 99), item = draws.Rows(items.Value, 99);
        (int, int)[] all = [.. from u in user from i in item select (u, i)];
        int first = draws.Below(all.Length + 1), count = draws.Below(all.Length - first + 1);
        devices.Agree(work =>
        {
            Slice<int> pairUsers = work.Device.Allocate<int>(count).Slice(), pairItems = work.Device.Allocate<int>(count).Slice();
            work.Device.PairRows(work.Rows(user), work.Rows(item), first, pairUsers, pairItems);
            Assert.Equal(all[first..(first + count)], pairUsers.Span.ToArray().Zip(pairItems.Span.ToArray()));
        });
    }

    [Property]
    public void The_best_of_each_row_are_those_of_the_row_alone(RowCount rows, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        (int n, int width, int most) = (rows.Value, columns.Value, draws.Below(9));
        Real[] scores = draws.Any(n * width);
        int[] ranks = [.. Enumerable.Range(0, width)], items = new int[most];
        devices.Agree(work =>
        {
            Matrix best = work.Matrix(n, most, new Real[n * most]);
            Slice<int> bestItems = work.Device.Allocate<int>(n * most).Slice(), rankOf = work.Device.Allocate<int>(width).Slice();
            rankOf.Write(ranks);
            work.Device.TopK(work.Matrix(n, width, scores), rankOf, bestItems, best);
            for (int row = 0; row < n; row++)
            {
                TopK.Select(scores.AsSpan(row * width, width), ranks, items, new Real[most]);
                Assert.Equal(items, bestItems.Part(row * most, most).Span.ToArray());
            }
        });
    }

    [Property]
    public void A_dense_layer_has_the_bits_of_the_scalar_device(DenseShape shape, bool hasBias, Seed seed)
    {
        (int rows, int inputs, int outputs) = shape;
        Draws draws = new(seed);
        Real[] x = draws.Any(rows * inputs), weight = draws.Any(outputs * inputs), bias = draws.Any(outputs), y = draws.Any(rows * outputs);
        devices.Agree(work => work.Device.Dense(
            work.Matrix(rows, inputs, x), work.Matrix(outputs, inputs, weight), work.VectorIf(hasBias, bias),
            work.Matrix(rows, outputs, y)));
    }

    [Property]
    public void Any_subset_of_the_adjoints_of_a_dense_layer_has_the_bits_of_the_scalar_device(
        DenseShape shape, bool wantsInput, bool wantsWeight, bool wantsBias, Seed seed)
    {
        (int rows, int inputs, int outputs) = shape;
        Draws draws = new(seed);
        Real[] x = draws.Any(rows * inputs), weight = draws.Any(outputs * inputs), dy = draws.Any(rows * outputs);
        Real[] dx = draws.Any(x.Length), dweight = draws.Any(weight.Length), dbias = draws.Any(outputs);
        devices.Agree(work => work.Device.DenseBackward(
            work.Matrix(rows, inputs, x),
            work.Matrix(outputs, inputs, weight),
            work.Matrix(rows, outputs, dy),
            work.MatrixIf(wantsInput, rows, inputs, dx),
            work.MatrixIf(wantsWeight, outputs, inputs, dweight),
            work.VectorIf(wantsBias, dbias)));
    }

    [Property]
    public void Concatenation_has_the_bits_of_the_scalar_device(RowCount rows, ColumnCount left, ColumnCount right, Seed seed)
    {
        int n = rows.Value, wide = left.Value + right.Value;
        Draws draws = new(seed);
        Real[] a = draws.Any(n * left.Value), b = draws.Any(n * right.Value), y = draws.Any(n * wide);
        devices.Agree(work => work.Device.Concatenate(
            work.Matrix(n, left.Value, a), work.Matrix(n, right.Value, b), work.Matrix(n, wide, y)));
    }

    [Property]
    public void Any_subset_of_the_adjoints_of_concatenation_has_the_bits_of_the_scalar_device(
        RowCount rows, ColumnCount left, ColumnCount right, bool wantsLeft, bool wantsRight, Seed seed)
    {
        int n = rows.Value, wide = left.Value + right.Value;
        Draws draws = new(seed);
        Real[] dy = draws.Any(n * wide), da = draws.Any(n * left.Value), db = draws.Any(n * right.Value);
        devices.Agree(work => work.Device.ConcatenateBackward(
            work.Matrix(n, wide, dy), work.MatrixIf(wantsLeft, n, left.Value, da), work.MatrixIf(wantsRight, n, right.Value, db)));
    }

    [Property]
    public void The_mean_and_its_adjoint_have_the_bits_of_the_scalar_device(Length length, Seed seed)
    {
        Draws draws = new(seed);
        Real[] x = draws.Any(length.Value), dy = draws.Any(1), dx = draws.Any(length.Value);
        devices.Agree(work =>
        {
            work.Device.Mean(work.Vector(x), work.Vector([5]));
            work.Device.MeanBackward(work.Vector(dy), work.Vector(dx));
        });
    }

    [Fact]
    public void A_device_reports_its_threads_and_its_name()
    {
        using SimdDevice device = new(threads: 3, vectorBits: 128);
        Assert.Equal(3, device.Threads);
        Assert.StartsWith("cpu:", device.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(-128)]
    [InlineData(1024)]
    public void Unsupported_vector_widths_are_refused(int bits) =>
        Assert.Contains(
            $"{bits} bits", Assert.Throws<ArgumentOutOfRangeException>(() => new SimdDevice(1, bits)).Message, StringComparison.Ordinal);

    private void Unary<TOp>(Length length, Seed seed)
        where TOp : unmanaged, IUnaryOp
    {
        Draws draws = new(seed);
        Real[] x = draws.Any(length.Value), y = draws.Any(length.Value), dy = draws.Any(length.Value), dx = draws.Any(length.Value);
        devices.Agree(work =>
        {
            work.Device.Unary<TOp>(work.Vector(x), work.Vector(y));
            work.Device.UnaryBackward<TOp>(work.Vector(x), work.Vector(dy), work.Vector(dx));
            work.Device.UnaryBackward<TOp>(work.Vector(x), work.Vector(dy), default);
        });
    }

    private void Binary<TOp>(Length length, Seed seed)
        where TOp : unmanaged, IBinaryOp
    {
        int n = length.Value;
        Draws draws = new(seed);
        Real[] a = draws.Any(n), b = draws.Any(n), y = draws.Any(n), dy = draws.Any(n), da = draws.Any(n), db = draws.Any(n);
        bool wantsLeft = draws.Below(3) > 0, wantsRight = draws.Below(3) > 0;
        devices.Agree(work =>
        {
            work.Device.Binary<TOp>(work.Vector(a), work.Vector(b), work.Vector(y));
            work.Device.BinaryBackward<TOp>(
                work.Vector(a), work.Vector(b), work.Vector(dy), work.VectorIf(wantsLeft, da), work.VectorIf(wantsRight, db));
        });
    }
}
