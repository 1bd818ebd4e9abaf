// Random inputs of the kernels' tests: sizes around the boundaries of vectors, tiles and chunks, and values that break arithmetic. FsCheck
// draws the sizes and a seed and prints them when a property fails; the numbers are functions of the seed.

using ForecEngine.Kernels.Tests.Simd;
using FsCheck;
using FsCheck.Fluent;

namespace ForecEngine.Kernels.Tests;

/// <summary>A number of elements: none, one, a few, or more than one chunk of 2^14.</summary>
public sealed record Length(int Value);

/// <summary>A number of rows of a matrix or a table: none, one, a few, or more than one chunk of 2^11.</summary>
public sealed record RowCount(int Value);

/// <summary>A number of columns of a matrix, mostly no multiple of a vector's width.</summary>
public sealed record ColumnCount(int Value);

/// <summary>The shapes of a dense layer and its minibatch.</summary>
public sealed record DenseShape(int Rows, int Inputs, int Outputs);

/// <summary>The shape of a matrix product: around the boundaries of tiles, of chunks of them, and of blocks of the depth.</summary>
public sealed record ProductShape(int Rows, int Depth, int Columns, Transposed Transposed)
{
    /// <summary>The left factor.</summary>
    public Matrix A(Workspace work, Real[] values) =>
        Transposed.HasFlag(Transposed.A) ? work.Matrix(Depth, Rows, values) : work.Matrix(Rows, Depth, values);

    /// <summary>The right factor.</summary>
    public Matrix B(Workspace work, Real[] values) =>
        Transposed.HasFlag(Transposed.B) ? work.Matrix(Columns, Depth, values) : work.Matrix(Depth, Columns, values);

    /// <summary>The index of an element of the left factor.</summary>
    public int PlaceInA(int row, int step) => Transposed.HasFlag(Transposed.A) ? (step * Rows) + row : (row * Depth) + step;

    /// <summary>The index of an element of the right factor.</summary>
    public int PlaceInB(int step, int column) => Transposed.HasFlag(Transposed.B) ? (column * Depth) + step : (step * Columns) + column;
}

/// <summary>The vectors of a minibatch and of a catalogue: around the boundaries of tiles and of blocks of items.</summary>
public sealed record CatalogueShape(int Rows, int Dimension, int Items);

/// <summary>The seed of the numbers.</summary>
public sealed record Seed(ulong Value);

/// <summary>Generators for <c>[Properties(Arbitrary = [typeof(Inputs)])]</c>.</summary>
public static class Inputs
{
    public static Arbitrary<Length> Lengths() =>
        Gen.Frequency(
            (1, Gen.Elements(0, 1)),
            (8, Gen.Choose(2, 100)),
            (2, Gen.Choose(16384 - 17, 16384 + 17)),
            (1, Gen.Choose(30_000, 40_000))).Select(n => new Length(n)).ToArbitrary();

    public static Arbitrary<RowCount> RowCounts() =>
        Gen.Frequency(
            (1, Gen.Elements(0, 1)),
            (8, Gen.Choose(2, 70)),
            (1, Gen.Choose(2048 - 2, 2048 + 2)),
            (1, Gen.Choose(3000, 5000))).Select(n => new RowCount(n)).ToArbitrary();

    public static Arbitrary<ColumnCount> ColumnCounts() =>
        Gen.Frequency(
            (1, Gen.Constant(0)),
            (2, Gen.Constant(1)),
            (4, Gen.Elements(4, 8, 16, 32)),
            (8, Gen.Choose(2, 40))).Select(n => new ColumnCount(n)).ToArbitrary();

    public static Arbitrary<ProductShape> ProductShapes()
    {
        Gen<int> extent = Gen.Frequency(
            (1, Gen.Elements(0, 1)), (8, Gen.Choose(2, 70)), (1, Gen.Choose(250, 260)), (1, Gen.Choose(330, 350)));
        Gen<int> depths = Gen.Frequency(
            (1, Gen.Elements(0, 1)), (8, Gen.Choose(2, 40)), (1, Gen.Choose(510, 515)), (1, Gen.Choose(1020, 1030)));
        Gen<ProductShape> shapes =
            from rows in extent
            from depth in depths
            from columns in extent
            from transposed in Gen.Choose(0, 3)
            where (long)rows * depth * columns < 10_000_000
            select new ProductShape(rows, depth, columns, (Transposed)transposed);
        return shapes.ToArbitrary();
    }

    public static Arbitrary<CatalogueShape> CatalogueShapes()
    {
        const int Block = ForecEngine.Kernels.Ops.SoftmaxLoss.BlockItems;
        Gen<int> extent = Gen.Frequency((1, Gen.Elements(0, 1)), (8, Gen.Choose(2, 70)), (2, Gen.Choose(120, 140)));
        Gen<int> counts = Gen.Frequency(
            (1, Gen.Constant(1)), (6, Gen.Choose(2, 60)), (3, Gen.Choose(Block - 3, Block + 3)), (2, Gen.Choose(2 * Block, 3 * Block)));
        Gen<CatalogueShape> shapes =
            from rows in extent
            from dimension in extent
            from items in counts
            where (long)rows * dimension * items < 500_000
            select new CatalogueShape(rows, dimension, items);
        return shapes.ToArbitrary();
    }

    public static Arbitrary<DenseShape> DenseShapes()
    {
        Gen<int> extent = Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Elements(1, 8, 16, 32, 64)), (8, Gen.Choose(1, 70)));
        Gen<DenseShape> few =
            from rows in Gen.Choose(0, 20)
            from inputs in extent
            from outputs in extent
            select new DenseShape(rows, inputs, outputs);
        Gen<DenseShape> many =
            from rows in Gen.Choose(300, 900)
            from inputs in Gen.Choose(1, 30)
            from outputs in Gen.Choose(1, 30)
            select new DenseShape(rows, inputs, outputs);
        Gen<DenseShape> wide =
            from rows in Gen.Choose(60, 140)
            from inputs in Gen.Choose(40, 70)
            from outputs in Gen.Choose(40, 70)
            select new DenseShape(rows, inputs, outputs);
        Gen<DenseShape> toOne =
            from rows in Gen.Choose(1, 140)
            from inputs in Gen.Choose(0, 40)
            select new DenseShape(rows, inputs, 1);
        return Gen.Frequency((8, few), (1, many), (1, wide), (2, toOne)).ToArbitrary();
    }

    public static Arbitrary<Seed> Seeds() =>
        (from high in Gen.Choose(0, int.MaxValue)
         from low in Gen.Choose(0, int.MaxValue)
         select new Seed(((ulong)high << 31) ^ (ulong)low)).ToArbitrary();
}

/// <summary>The numbers of one random case, drawn one after another.</summary>
public sealed class Draws(Seed seed)
{
    private static readonly Real[] Special =
        [0, -0f, 1, -1, 1e18f, -1e30f, Real.MaxValue, 1e-18f, -1e-30f, 1e-42f, -Real.Epsilon, 88, -104, Real.NaN, Real.PositiveInfinity,
            Real.NegativeInfinity];

    private readonly RandomSequence _random = RandomSequence.Named(seed.Value, "test");
    private ulong _next;

    /// <summary>An integer in [0, bound).</summary>
    public int Below(int bound) => _random.Below(_next++, bound);

    /// <summary>A number in (low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * _random.Uniform(_next++));

    /// <summary>Numbers in (-2, 2).</summary>
    public Real[] Ordinary(int count)
    {
        Real[] values = new Real[count];
        foreach (ref Real value in values.AsSpan())
            value = (Real)Between(-2, 2);
        return values;
    }

    /// <summary>
    /// Numbers in (-2, 2) with zeros of either sign, huge, tiny and subnormal numbers, NaN and infinities among them:
    /// none, one in 64, or one in four, depending on the seed. With a fixed share, the sum of many would nearly always be NaN.
    /// </summary>
    public Real[] Any(int count)
    {
        int specialIn64 = Below(3) switch { 0 => 0, 1 => 1, _ => 16 };
        Real[] values = Ordinary(count);
        foreach (ref Real value in values.AsSpan())
        {
            if (Below(64) < specialIn64)
                value = Special[Below(Special.Length)];
        }

        return values;
    }

    /// <summary>Row numbers below a bound, with repetitions.</summary>
    public int[] Rows(int count, int bound)
    {
        int[] rows = new int[count];
        foreach (ref int row in rows.AsSpan())
            row = Below(bound);
        return rows;
    }

    /// <summary>A random subset of the numbers below a bound, ascending: none, few, or most of them.</summary>
    public int[] Subset(int bound)
    {
        int keepIn64 = Below(4) switch { 0 => 0, 1 => 3, 2 => 32, _ => 64 };
        return [.. Enumerable.Range(0, bound).Where(_ => Below(64) < keepIn64)];
    }
}
