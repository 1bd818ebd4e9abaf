// The kernels of an optimiser's update: one thread per element. Where the step's loss is not finite, nothing moves.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the updates, for one thread.</summary>
internal static class UpdateKernels
{
    /// <summary>Moves an element by a gradient as large as the parameter, and clears the gradient.</summary>
    public static void Whole<TRule>(
        Index1D i, TRule rule, ArrayView<float> loss, int hasLoss, ArrayView<float> p, ArrayView<float> m, ArrayView<float> v,
        ArrayView<float> gradient)
        where TRule : unmanaged, IUpdateRule
    {
        if (hasLoss == 0 || ReductionKernels.IsFinite(loss[0]))
            Move(rule, i, new(gradient[i]), p, m, v);
        gradient[i] = 0;
    }

    /// <summary>Moves an element of a table by the sum over its row's positions, in ascending order; 0 if it has none.</summary>
    public static void Table<TRule>(
        Index1D i, TRule rule, ArrayView<float> loss, int hasLoss, ArrayView<float> p, ArrayView<float> m, ArrayView<float> v,
        ArrayView<long> keys, int positions, ArrayView<float> gradient, int columns)
        where TRule : unmanaged, IUpdateRule
    {
        int row = i / columns, column = i % columns;
        if (hasLoss == 0 || ReductionKernels.IsFinite(loss[0]))
            Move(rule, i, Sum(keys, FirstOf(keys, positions, row), positions, row, gradient, columns, column), p, m, v);
    }

    /// <summary>The same for rows that have positions alone: a thread per position, of which a row's first one moves it.</summary>
    public static void Touched<TRule>(
        Index1D i, TRule rule, ArrayView<float> loss, int hasLoss, ArrayView<float> p, ArrayView<float> m, ArrayView<float> v,
        ArrayView<long> keys, int positions, ArrayView<float> gradient, int columns)
        where TRule : unmanaged, IUpdateRule
    {
        int place = i / columns, column = i % columns, row = RowOf(keys[place]);
        bool isFirst = place == 0 || RowOf(keys[place == 0 ? 0 : place - 1]) != row;
        if (isFirst && (hasLoss == 0 || ReductionKernels.IsFinite(loss[0])))
            Move(rule, (row * columns) + column, Sum(keys, place, positions, row, gradient, columns, column), p, m, v);
    }

    private static void Move<TRule>(
        TRule rule, int i, GpuLane gradient, ArrayView<float> p, ArrayView<float> m, ArrayView<float> v)
        where TRule : unmanaged, IUpdateRule =>
        ParameterElements.Move<TRule, GpuLane, ViewMemory>(rule, new(p), new(m), new(v), gradient, i);

    private static GpuLane Sum(
        ArrayView<long> keys, int place, int positions, int row, ArrayView<float> gradient, int columns, int column)
    {
        float sum = 0;
        for (; place < positions && RowOf(keys[place]) == row; place++)
            sum += gradient[((int)(keys[place] & int.MaxValue) * columns) + column];
        return new(sum);
    }

    // The place of the first key of a row or of a later one.
    private static int FirstOf(ArrayView<long> keys, int positions, int row)
    {
        int low = 0, high = positions;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (RowOf(keys[middle]) < row)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static int RowOf(long key) => (int)(key >> 32);
}
