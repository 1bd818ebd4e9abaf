// The kernels over rows of tables and over the samples of a minibatch: one thread per element of the result.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the row kernels, for one thread.</summary>
internal static class RowKernels
{
    /// <summary>y[row, column] = table[rows[row], column].</summary>
    public static void Gather(Index1D i, ArrayView<float> table, ArrayView<int> rows, ArrayView<float> y, int columns) =>
        EmbeddingRows.Gather<GpuLane, ViewMemory, ViewIndices>(
            new(table), new(rows), new(y), columns, i / columns, i % columns);

    /// <summary>table[rows[row], column] = x[row, column].</summary>
    public static void PutRows(Index1D i, ArrayView<float> x, ArrayView<int> rows, ArrayView<float> table, int columns) =>
        table[(rows[i / columns] * columns) + (i % columns)] = x[i];

    /// <summary>Pair first + i of every user with each of <paramref name="count"/> items.</summary>
    public static void PairRows(
        Index1D i, ArrayView<int> users, ArrayView<int> items, int count, int first, ArrayView<int> pairUsers, ArrayView<int> pairItems)
    {
        int pair = first + i;
        pairUsers[i] = users[pair / count];
        pairItems[i] = items[pair % count];
    }

    /// <summary>y[i] = map[rows[i]].</summary>
    public static void MapRows(Index1D i, ArrayView<int> map, ArrayView<int> rows, ArrayView<int> y) => y[i] = map[rows[i]];

    /// <summary>
    /// The columns of the sample at a place, counted over passes of <paramref name="length"/> samples. <paramref name="order"/> is the
    /// order of the groups in any pass.
    /// </summary>
    public static void TakeSamples(
        Index1D i, ArrayView<Sample> samples, int length, int group, RandomSequence orders, KeyedOrder order, long first,
        ArrayView<int> users, ArrayView<int> items, ArrayView<float> labels)
    {
        long place = first + i, pass = place / length;
        int inPass = (int)(place - (pass * length)), number = inPass / group;
        // An order's elements are less than the number of groups.
        Sample sample = samples[(order.With(orders, (ulong)pass).At(number) * group) + inPass - (number * group)];
        users[i] = sample.User;
        items[i] = sample.Item;
        labels[i] = sample.IsPositive ? 1f : 0f; // from int constants, ILGPU 1.5.3 stores the bits of 1 on OpenCL
    }

    /// <summary>y[segment, column] = the sum of w[k] x[k, column] over the rows of the segment.</summary>
    public static void SegmentSum(
        Index1D i, ArrayView<float> x, ArrayView<float> weights, ArrayView<int> starts, ArrayView<float> y, int columns) =>
        Ops.SegmentSum.Forward<GpuLane, ViewMemory, ViewNumbers, ViewIndices>(
            new(x), new(weights), new(starts), new(y), columns, i / columns, i % columns);

    /// <summary>dx[k, column] += w[k] dy[segment, column] for the rows of the segment.</summary>
    public static void SegmentSumBackward(
        Index1D i, ArrayView<float> weights, ArrayView<int> starts, ArrayView<float> dy, ArrayView<float> dx, int columns) =>
        Ops.SegmentSum.Backward<GpuLane, ViewMemory, ViewNumbers, ViewIndices>(
            new(weights), new(starts), new(dy), new(dx), columns, i / columns, i % columns);

    /// <summary>wide[row, start + column] = narrow[row, column].</summary>
    public static void CopyColumns(Index1D i, ArrayView<float> narrow, int columns, ArrayView<float> wide, int wideColumns, int start) =>
        Concatenation.Forward<GpuLane, ViewMemory>(new(narrow), columns, new(wide), wideColumns, start, i / columns, i % columns);

    /// <summary>narrow[row, column] += wide[row, start + column].</summary>
    public static void AddColumns(Index1D i, ArrayView<float> narrow, int columns, ArrayView<float> wide, int wideColumns, int start) =>
        Concatenation.Backward<GpuLane, ViewMemory>(new(narrow), columns, new(wide), wideColumns, start, i / columns, i % columns);

    /// <summary>Four units of a sample's row of a dropout mask; a row has <paramref name="blocks"/> groups of four.</summary>
    public static void DropoutMask(
        Index1D i, ulong seed, uint stream, uint firstEpoch, ulong threshold, float kept, ArrayView<int> users, ArrayView<int> items,
        ArrayView<float> mask, int columns, int blocks)
    {
        int sample = i / blocks, block = i % blocks;
        PhiloxBlock words = Philox.Block(
            new PhiloxBlock((uint)items[sample], (uint)users[sample], firstEpoch + (uint)block, stream), seed);
        int unit = 4 * block, start = sample * columns;
        if (unit < columns)
            mask[start + unit] = words.Word0 < threshold ? 0 : kept;
        if (unit + 1 < columns)
            mask[start + unit + 1] = words.Word1 < threshold ? 0 : kept;
        if (unit + 2 < columns)
            mask[start + unit + 2] = words.Word2 < threshold ? 0 : kept;
        if (unit + 3 < columns)
            mask[start + unit + 3] = words.Word3 < threshold ? 0 : kept;
    }
}
