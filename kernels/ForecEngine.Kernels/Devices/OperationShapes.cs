// The checks of shapes before every operation, one method an operation, with the operation's parameters: every device calls them first, so
// that all refuse the same calls with the same messages. An operation whose argument is a description leaves the check to it: SampleDraws,
// SampleRange, MinibatchRows, ParameterUpdate. Fill takes every shape.

namespace ForecEngine.Kernels;

/// <summary>The checks of operations' arguments: each method throws <see cref="ArgumentException"/> if shapes do not fit.</summary>
internal static class OperationShapes
{
    public static void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged => Shapes.Require(destination, source.Length);

    public static void Unary(Slice<Real> x, Slice<Real> y) => Shapes.Require(y, x.Length);

    public static void UnaryBackward(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
    {
        Shapes.Require(dy, x.Length);
        Shapes.Require(dx, x.Length, optional: true);
    }

    public static void Binary(Slice<Real> a, Slice<Real> b, Slice<Real> y)
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(y, a.Length);
    }

    public static void BinaryBackward(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(dy, a.Length);
        Shapes.Require(da, a.Length, optional: true);
        Shapes.Require(db, a.Length, optional: true);
    }

    public static void Gather(Matrix table, RowIds rows, Matrix y)
    {
        Shapes.Require(table);
        Shapes.Require(y, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
    }

    public static void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        Shapes.Require(table);
        Shapes.Require(x, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
    }

    public static void MapRows(Slice<int> map, RowIds rows, Slice<int> y)
    {
        Shapes.Require(rows, map.Length);
        Shapes.Require(y, rows.Count);
    }

    public static void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y)
    {
        Shapes.Require(x);
        Shapes.Require(weight, weight.Rows, x.Columns);
        Shapes.Require(y, x.Rows, weight.Rows);
        Shapes.Require(bias, weight.Rows, optional: true);
    }

    public static void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        Shapes.Require(x);
        Shapes.Require(weight, weight.Rows, x.Columns);
        Shapes.Require(dy, x.Rows, weight.Rows);
        Shapes.Require(dx, x.Rows, x.Columns, optional: true);
        Shapes.Require(dweight, weight.Rows, weight.Columns, optional: true);
        Shapes.Require(dbias, weight.Rows, optional: true);
    }

    public static void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed)
    {
        Shapes.Require(a);
        (int rows, int depth) = transposed.HasFlag(Transposed.A) ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        if (transposed.HasFlag(Transposed.B))
            Shapes.Require(b, b.Rows, depth);
        else
            Shapes.Require(b, depth, b.Columns);
        Shapes.Require(c, rows, transposed.HasFlag(Transposed.B) ? b.Rows : b.Columns);
    }

    public static void CholeskyInverse(Matrix a) => Shapes.Require(a, a.Rows, a.Rows);

    public static void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        Shapes.Require(a);
        Shapes.Require(b, a.Rows, b.Columns);
        Shapes.Require(y, a.Rows, a.Columns + b.Columns);
    }

    public static void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        Shapes.Require(dy);
        Shapes.Require(da, dy.Rows, dy.Columns - db.Columns, optional: true);
        Shapes.Require(db, dy.Rows, dy.Columns - da.Columns, optional: true);
    }

    /// <summary>The mean of every vector is defined; its result has one element.</summary>
    public static void Mean(Slice<Real> y) => Shapes.Require(y, 1);

    /// <summary>The adjoint of the mean has one element, that of its argument any number.</summary>
    public static void MeanBackward(Slice<Real> dy) => Shapes.Require(dy, 1);

    public static void Softmax(Matrix x, Matrix y)
    {
        Shapes.Require(x);
        Shapes.Require(y, x.Rows, x.Columns);
    }

    public static void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx)
    {
        Shapes.Require(y);
        Shapes.Require(dy, y.Rows, y.Columns);
        Shapes.Require(dx, y.Rows, y.Columns, optional: true);
    }

    public static void RowLoss(Matrix x, Slice<Real> y)
    {
        RequirePositives(x);
        Shapes.Require(y, x.Rows);
    }

    public static void RowLossBackward(Matrix x, Slice<Real> dy, Matrix dx)
    {
        RequirePositives(x);
        Shapes.Require(dy, x.Rows);
        Shapes.Require(dx, x.Rows, x.Columns, optional: true);
    }

    // The first logit of a row is the positive's.
    private static void RequirePositives(Matrix x)
    {
        Shapes.Require(x);
        if (x.Rows > 0 && x.Columns == 0)
            throw new ArgumentException($"x: {x.Rows} rows without a logit; expects at least one in each row", nameof(x));
    }

    public static void SegmentSum(Matrix x, Slice<Real> weights, Segments segments, Matrix y)
    {
        Shapes.Require(x, segments.Elements, y.Columns);
        Shapes.Require(weights, segments.Elements);
        Shapes.Require(y, segments.Count, y.Columns);
    }

    public static void SegmentSumBackward(Slice<Real> weights, Segments segments, Matrix dy, Matrix dx)
    {
        Shapes.Require(weights, segments.Elements);
        Shapes.Require(dy, segments.Count, dy.Columns);
        Shapes.Require(dx, segments.Elements, dy.Columns, optional: true);
    }

    public static void SoftmaxLoss(Matrix x, in Catalogue items, RowIds targets, Slice<Real> losses, Slice<Real> normalisers)
    {
        items.Check(x, targets);
        Shapes.Require(losses, x.Rows);
        Shapes.Require(normalisers, x.Rows);
    }

    public static void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> normalisers, Slice<Real> dlosses, Matrix dx, Matrix ditems,
        Slice<Real> dbias)
    {
        items.Check(x, targets);
        Shapes.Require(normalisers, x.Rows);
        Shapes.Require(dlosses, x.Rows);
        Shapes.Require(dx, x.Rows, x.Columns, optional: true);
        Shapes.Require(ditems, items.Count, x.Columns, optional: true);
        Shapes.Require(dbias, items.Count, optional: true);
    }

    public static void DropoutMask(RowIds users, RowIds items, Matrix mask)
    {
        Shapes.Require(items.Values, users.Count);
        Shapes.Require(mask, users.Count, mask.Columns);
    }

    /// <summary>There must be a count for every row of the matrices.</summary>
    public static void CountNonFinite(Slice<int> counts, ReadOnlySpan<Matrix> matrices)
    {
        int rows = 0;
        foreach (Matrix matrix in matrices)
        {
            Shapes.Require(matrix);
            rows = checked(rows + matrix.Rows);
        }

        Shapes.Require(counts, rows);
    }

    /// <summary>The pairs from <paramref name="first"/> on must be among those of the users and items.</summary>
    public static void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems)
    {
        Shapes.Require(pairItems, pairUsers.Length);
        long pairs = Math.Min((long)users.Count * items.Count, int.MaxValue);
        if (first < 0 || first > pairs - pairUsers.Length)
            throw new ArgumentOutOfRangeException(
                nameof(first), $"pairs {first} to {first + (long)pairUsers.Length} are not among {pairs} of {users.Count} x {items.Count}");
    }

    public static void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores)
    {
        Shapes.Require(scores);
        Shapes.Require(ranks, scores.Columns);
        Shapes.Require(bestScores, scores.Rows, bestScores.Columns);
        Shapes.Require(bestItems, bestScores.Values.Length);
    }
}
