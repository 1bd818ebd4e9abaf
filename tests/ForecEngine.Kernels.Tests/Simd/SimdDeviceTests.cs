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

    [Property]
    public void An_update_by_gradient_descent_has_the_bits_of_the_scalar_device(Length length, Seed seed) =>
        Update(new Sgd(0.05, 1e-3), statistics: false, length, seed);

    [Property]
    public void An_update_by_Adam_has_the_bits_of_the_scalar_device(Length length, Seed seed) =>
        Update(Adam.Dense(3, 0.01, 0.9, 0.999, 1e-8, 1e-3), statistics: true, length, seed);

    [Property]
    public void A_table_update_by_gradient_descent_has_the_bits_of_the_scalar_device(
        RowCount rows, ColumnCount columns, bool touchedOnly, Seed seed) =>
        UpdateRows(new Sgd(0.05, 1e-3), statistics: false, rows, columns, touchedOnly, seed);

    [Property]
    public void A_table_update_by_Adam_has_the_bits_of_the_scalar_device(RowCount rows, ColumnCount columns, bool touchedOnly, Seed seed)
    {
        Adam rule = touchedOnly ? Adam.Lazy(2, 0.01, 0.9, 0.999, 1e-8, 1e-3) : Adam.Dense(2, 0.01, 0.9, 0.999, 1e-8, 1e-3);
        UpdateRows(rule, statistics: true, rows, columns, touchedOnly, seed);
    }

    [Property]
    public void A_table_update_by_distinct_rows_in_any_order_has_the_bits_of_the_scalar_device(
        RowCount rows, ColumnCount columns, bool touchedOnly, Seed seed)
    {
        (int count, int width) = (rows.Value, columns.Value);
        Draws draws = new(seed);
        Real[] p = draws.Any(count * width), m = draws.Any(count * width), v = draws.Any(count * width);
        int[] touched = [.. draws.Subset(count).Reverse()];
        Real[] gradient = draws.Any(touched.Length * width);
        Adam rule = Adam.Lazy(2, 0.01, 0.9, 0.999, 1e-8, 1e-3);
        devices.Agree(work =>
        {
            RowGradient positions = new(work.Device, width);
            positions.Append(RowIds.WriteDistinct(work.Device.Allocate<int>(touched.Length).Slice(), touched)).Values.Write(gradient);
            Assert.True(positions.Rows.AreDistinct);
            ParameterUpdate<Adam> update = new(
                rule, work.Matrix(count, width, p), work.Vector(m), work.Vector(v), positions.Rows, positions.Values, touchedOnly);
            work.Device.Update(default, update);
        });
    }

    [Property(MaxTest = 30)]
    public void Updating_parameters_together_has_the_bits_of_one_by_one(RowCount rows, ColumnCount columns, Length length, Seed seed)
    {
        // The vector devices update up to 99 parameters of every kind, also empty ones, in one call; the scalar device one by one.
        int count = new Draws(seed).Below(100);
        devices.Agree(work =>
        {
            Draws draws = new(seed);
            ParameterUpdate<Adam>[] parameters = [.. Enumerable.Range(0, count).Select(_ => Drawn(work, draws))];
            if (work.Device is not ScalarDevice)
                work.Device.Update<Adam>(default, parameters);
            else
                Array.ForEach(parameters, parameter => work.Device.Update(default, parameter));
        });

        ParameterUpdate<Adam> Drawn(Workspace work, Draws draws)
        {
            Adam rule = Adam.Dense(1 + draws.Below(5), 0.01, 0.9, 0.999, 1e-8, 1e-3);
            if (draws.Below(2) == 0)
            {
                int n = draws.Below(length.Value + 1);
                return new(
                    rule, work.Vector(draws.Any(n)), work.Vector(draws.Any(n)), work.Vector(draws.Any(n)), work.Vector(draws.Any(n)));
            }

            int count = draws.Below(rows.Value + 1), width = columns.Value;
            int[] touched = draws.Subset(count);
            return new(
                rule,
                work.Matrix(count, width, draws.Any(count * width)),
                work.Vector(draws.Any(count * width)),
                work.Vector(draws.Any(count * width)),
                work.Rows(touched),
                work.Matrix(touched.Length, width, draws.Any(touched.Length * width)),
                touchedOnly: draws.Below(2) == 0);
        }
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

    [Property]
    public void An_update_clears_a_dense_gradient_and_keeps_a_gradient_by_rows(
        Length length, RowCount rowCount, ColumnCount columnCount, bool touchedOnly, Seed seed)
    {
        (int rows, int columns) = (rowCount.Value, columnCount.Value);
        Draws draws = new(seed);
        int[] touched = draws.Rows(rows == 0 ? 0 : draws.Below(2 * rows), Math.Max(1, rows));
        Real[] p = draws.Ordinary(length.Value), whole = draws.Ordinary(p.Length);
        Real[] table = draws.Ordinary(rows * columns), ofRows = draws.Ordinary(touched.Length * columns);
        devices.Agree(work =>
        {
            Slice<Real> gradient = work.Vector(whole);
            Matrix rowGradient = work.Matrix(touched.Length, columns, ofRows);
            Sgd rule = new(0.1, 0.01);
            work.Device.Update(
                default,
                new ParameterUpdate<Sgd>(rule, work.Vector(p), default, default, gradient),
                new ParameterUpdate<Sgd>(
                    rule, work.Matrix(rows, columns, table), default, default, work.Rows(touched), rowGradient, touchedOnly));
            Assert.All(gradient.Span.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(ofRows, rowGradient.Values.Span.ToArray());
        });
    }

    private void Update<TRule>(TRule rule, bool statistics, Length length, Seed seed)
        where TRule : unmanaged, IUpdateRule
    {
        Draws draws = new(seed);
        Real[] p = draws.Any(length.Value), m = draws.Any(length.Value), v = draws.Any(length.Value), gradient = draws.Any(length.Value);
        devices.Agree(work => work.Device.Update(default, new ParameterUpdate<TRule>(
            rule, work.Vector(p), work.VectorIf(statistics, m), work.VectorIf(statistics, v), work.Vector(gradient))));
    }

    // Two tables share their positions, so that the rows are grouped once.
    private void UpdateRows<TRule>(TRule rule, bool statistics, RowCount rowCount, ColumnCount columnCount, bool touchedOnly, Seed seed)
        where TRule : unmanaged, IUpdateRule
    {
        int rows = rowCount.Value, columns = columnCount.Value;
        Draws draws = new(seed);
        int[] touched = draws.Rows(rows == 0 ? 0 : draws.Below(2 * rows), draws.Below(4) == 0 ? 1 : Math.Max(1, rows));
        Real[][] p = [draws.Any(rows * columns), draws.Any(rows)];
        Real[][] m = [draws.Any(p[0].Length), draws.Any(rows)], v = [draws.Any(p[0].Length), draws.Any(rows)];
        Real[][] gradient = [draws.Any(touched.Length * columns), draws.Any(touched.Length)];
        devices.Agree(work => work.Device.Update(default, Drawn(work, 0, columns), Drawn(work, 1, 1)));

        ParameterUpdate<TRule> Drawn(Workspace work, int table, int width) => new(
            rule, work.Matrix(rows, width, p[table]), work.VectorIf(statistics, m[table]), work.VectorIf(statistics, v[table]),
            work.Rows(touched), work.Matrix(touched.Length, width, gradient[table]), touchedOnly);
    }
}
