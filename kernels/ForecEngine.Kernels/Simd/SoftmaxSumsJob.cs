// The normalisers of the cross-entropy over all items (Ops/SoftmaxLoss.cs). A chunk is a block of items for all rows of the minibatch; it
// writes the block's largest logit and sum of exponentials of each row. A lane holds consecutive rows.

namespace ForecEngine.Kernels.Simd;

/// <summary>For each block and row, the largest logit and the sum of exponentials; for each row, the logit of its target.</summary>
/// <param name="input">The arguments.</param>
/// <param name="largest">[blocks, padded rows], overwritten.</param>
/// <param name="sums">[blocks, padded rows], overwritten.</param>
/// <param name="targetLogits">[rows], overwritten.</param>
internal readonly unsafe struct SoftmaxSumsJob<TTile>(SoftmaxLossInput input, Real* largest, Real* sums, Real* targetLogits) : IChunked
    where TTile : struct, IProductTile
{
    public void Run(int chunk, int worker)
    {
        int first = SoftmaxLossInput.First(chunk), items = input.ItemsOf(chunk), panels = input.RowPanels<TTile>();
        SoftmaxBlock block = input.BlockOf(worker);
        Real* kept = input.KeptLogits(chunk);
        block.Logits = kept is null ? block.Logits : kept;
        input.CopyItems<TTile>(chunk, block);
        for (int panel = 0; panel < panels; panel++)
        {
            int start = panel * TTile.Columns;
            nint at = ((nint)chunk * panels * TTile.Columns) + start;
            input.Logits<TTile>(chunk, block, panel);
            Sums body = new(block.Logits + start, block.Biases, largest + at, sums + at, items, input.LogitStride);
            Sweep.Over(body, 0, TTile.Columns, input.Bits);
        }

        for (int row = 0; row < input.Rows; row++)
        {
            int place = input.Targets[row] - first;
            if (place >= 0 && place < items)
                targetLogits[row] = block.Logits[((nint)place * input.LogitStride) + row] + block.Biases[place];
        }
    }

    private readonly struct Sums(Real* logits, Real* bias, Real* largest, Real* sums, int items, int stride) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int column)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the block has a row of logits for each item. Two chains find the same maximum as one in half of the time.
            TLane even = TLane.Broadcast(Real.NegativeInfinity), odd = even, sum = TLane.Broadcast(0);
            Real* logit = logits + column;
            int item = 0;
            for (; item <= items - 2; item += 2, logit += 2 * stride)
            {
                even = SoftmaxLoss.Greater(even, TLane.Load(logit) + TLane.Broadcast(bias[item]));
                odd = SoftmaxLoss.Greater(odd, TLane.Load(logit + stride) + TLane.Broadcast(bias[item + 1]));
            }

            if (item < items)
                even = SoftmaxLoss.Greater(even, TLane.Load(logit) + TLane.Broadcast(bias[item]));
            TLane most = SoftmaxLoss.Greater(even, odd);
            logit = logits + column;
            for (item = 0; item < items; item++, logit += stride)
                sum += LaneMath.Exp(TLane.Load(logit) + TLane.Broadcast(bias[item]) - most);
            TLane.Store(most, largest + column);
            TLane.Store(sum, sums + column);
        }
    }
}

/// <summary>Merges the blocks of each row: overwrites the first block's numbers with the largest logit and the sum of all.</summary>
internal readonly unsafe struct MergeBlocksSweep(Real* largest, Real* sums, int blocks, int padded) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        // In bounds: both have a number for each block and padded row.
        TLane greatest = TLane.Broadcast(Real.NegativeInfinity), total = TLane.Broadcast(0);
        Real* most = largest + column, sum = sums + column;
        for (int block = 0; block < blocks; block++, most += padded, sum += padded)
        {
            TLane other = TLane.Load(most), above = SoftmaxLoss.Greater(greatest, other);
            total = SoftmaxLoss.Scaled(total, greatest, above) + SoftmaxLoss.Scaled(TLane.Load(sum), other, above);
            greatest = above;
        }

        TLane.Store(greatest, largest + column);
        TLane.Store(total, sums + column);
    }
}
