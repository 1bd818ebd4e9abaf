// Compares the updates of parameters by the vector device with those of the scalar device, the specification, bit for bit.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class SimdUpdateTests(Devices devices) : IClassFixture<Devices>
{
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
