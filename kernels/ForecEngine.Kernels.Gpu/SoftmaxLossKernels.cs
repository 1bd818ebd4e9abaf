// The cross-entropy over all items (Ops/SoftmaxLoss.cs), block by block of the items. The products are matrix products (ProductKernels.cs);
// these kernels have the rest. A block's logits are [rows, items of the block], without biases; bias has those of the block.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the cross-entropy over all items.</summary>
internal static class SoftmaxLossKernels
{
    /// <summary>The number of items in a block: with a minibatch of 128 rows, enough tiles for half of a large GPU.</summary>
    public const int BlockItems = 2048;

    private const int Threads = ReductionKernels.Threads;
    private const uint NegativeInfinity = 0xFF800000;

    /// <summary>
    /// Merges the exponentials of a block into the largest logit and the sum of each row. A group has a row; thread t has the items t,
    /// t + 256, .... The logit of a target in the block is kept in losses.
    /// </summary>
    public static void AddExponentials(
        ArrayView<float> logits, ArrayView<float> bias, ArrayView<int> targets, ArrayView<float> largest, ArrayView<float> totals,
        ArrayView<float> losses, int first, int items)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(Threads);
        int thread = Group.IdxX, row = Grid.IdxX, start = row * items;
        GpuLane most = new(Interop.IntAsFloat(NegativeInfinity));
        for (int item = thread; item < items; item += Threads)
            most = SoftmaxLoss.Greater(most, new GpuLane(logits[start + item] + bias[item]));
        partial[thread] = most.Value;
        Group.Barrier();
        for (int half = Threads / 2; half > 0; half >>= 1)
        {
            if (thread < half)
                partial[thread] = SoftmaxLoss.Greater(new GpuLane(partial[thread]), new GpuLane(partial[thread + half])).Value;
            Group.Barrier();
        }

        most = new GpuLane(partial[0]);
        Group.Barrier(); // before a thread overwrites it
        float sum = 0;
        for (int item = thread; item < items; item += Threads)
            sum += LaneMath.Exp(new GpuLane(logits[start + item] + bias[item]) - most).Value;
        partial[thread] = sum;
        Group.Barrier();
        for (int half = Threads / 2; half > 0; half >>= 1)
        {
            if (thread < half)
                partial[thread] = partial[thread] + partial[thread + half];
            Group.Barrier();
        }

        if (thread != 0)
            return;
        GpuLane before = new(first == 0 ? Interop.IntAsFloat(NegativeInfinity) : largest[row]);
        GpuLane total = new(first == 0 ? 0f : totals[row]), greatest = SoftmaxLoss.Greater(before, most);
        total = SoftmaxLoss.Scaled(total, before, greatest) + SoftmaxLoss.Scaled(new GpuLane(partial[0]), most, greatest);
        largest[row] = greatest.Value;
        totals[row] = total.Value;
        int target = targets[row] - first;
        if (target >= 0 && target < items)
            losses[row] = logits[start + target] + bias[target];
    }

    /// <summary>A row's normaliser and its loss, from the logit of the target.</summary>
    public static void FinishLosses(
        Index1D row, ArrayView<float> largest, ArrayView<float> totals, ArrayView<float> normalisers, ArrayView<float> losses)
    {
        float total = totals[row];
        uint bits = Interop.FloatAsInt(total);
        GpuLane exponent = new((int)(bits >> 23) - 127), mantissa = new(Interop.IntAsFloat((bits & 0x007FFFFF) | 0x3F800000));
        float logarithm = ReductionKernels.IsFinite(total) ? LaneMath.Log(mantissa, exponent).Value : total;
        float normaliser = largest[row] + logarithm;
        normalisers[row] = normaliser;
        losses[row] = normaliser - losses[row];
    }

    /// <summary>Overwrites a logit with its adjoint.</summary>
    public static void LogitAdjoints(
        Index1D i, ArrayView<float> logits, ArrayView<float> bias, ArrayView<int> targets, ArrayView<float> normalisers,
        ArrayView<float> dlosses, int first, int items)
    {
        int row = i / items, item = first + (i % items);
        float dloss = dlosses[row];
        GpuLane logit = new(logits[i] + bias[item - first]);
        float p = SoftmaxLoss.Adjoint(logit, new GpuLane(normalisers[row]), new GpuLane(dloss)).Value;
        logits[i] = item == targets[row] ? p - dloss : p;
    }

    /// <summary>dbias[first + item] = the sum of the item's adjoints, row by row.</summary>
    public static void BiasAdjoints(Index1D item, ArrayView<float> adjoints, ArrayView<float> dbias, int first, int items, int rows)
    {
        float sum = 0;
        for (int row = 0; row < rows; row++)
            sum += adjoints[(row * items) + item];
        dbias[first + item] = sum;
    }
}
