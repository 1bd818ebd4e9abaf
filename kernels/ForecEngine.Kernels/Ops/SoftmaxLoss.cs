// The cross-entropy of a softmax over all items, for a minibatch of vectors x [rows, d] and items W [n, d] with biases b:
//   s[r, j]  = (sum over i of x[r, i] W[j, i]) + b[j]
//   loss[r]  = ln(sum over j of e^s[r, j]) - s[r, target[r]]
// With p[r, j] = e^(s[r, j] - ln Z[r]) dloss[r], less dloss[r] at the target, where ln Z is the logarithm above:
//   dx[r, i] += sum over j of p[r, j] W[j, i]     dW[j, i] = sum over r of p[r, j] x[r, i]     db[j] = sum over r of p[r, j]
//
// The logits of rows x all items are never in memory at once. They are computed block by block, BlockItems items at a time, for ln Z and
// again for the adjoints. This costs a quarter of the arithmetic, and the memory does not depend on the number of items. A device may keep
// the logits of some blocks in a given memory, with the same bits.
//
// Sums have a fixed order:
//   s   is a chain of multiply-adds over i, and the bias is added last;
//   Z   has a chain of e^(s - max) over the items of each block; the blocks' sums, scaled to the largest maximum, are added in order;
//   dx  has a chain over the items of each block; the blocks' sums are added in order, and their total is added to dx;
//   dW  is a chain over the rows;
//   db  has four chains: chain c is over the rows c, c + 4, c + 8, and so on; their sum is (0 + 1) + (2 + 3).

namespace ForecEngine.Kernels.Ops;

/// <summary>The arithmetic that the devices of the host share; the scalar device's loops are the specification.</summary>
internal static unsafe class SoftmaxLoss
{
    /// <summary>The number of items in a block: whole tiles of 6 and of 14 items.</summary>
    public const int BlockItems = 252;

    /// <summary>The number of blocks of some items.</summary>
    public static int Blocks(int items) => (items + BlockItems - 1) / BlockItems;

    /// <summary>The greater of two; the first if either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Greater<TLane>(TLane left, TLane right)
        where TLane : struct, ILane<TLane> => TLane.WhereGreater(right, left, right, left);

    /// <summary>A sum of exponentials relative to <paramref name="largest"/>, made relative to <paramref name="greatest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Scaled<TLane>(TLane sum, TLane largest, TLane greatest)
        where TLane : struct, ILane<TLane> => sum * LaneMath.Exp(largest - greatest);

    /// <summary>The adjoint of a logit, before that of a target is subtracted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Adjoint<TLane>(TLane logit, TLane normaliser, TLane dloss)
        where TLane : struct, ILane<TLane> => LaneMath.Exp(logit - normaliser) * dloss;

    /// <summary>ln of a sum of exponentials, which is at least 1.</summary>
    public static Real Log(Real sum)
    {
        int exponent = Real.ILogB(sum);
        return LaneMath.Log(new ScalarLane(Real.ScaleB(sum, -exponent)), new ScalarLane(exponent)).Value;
    }

    /// <summary>Computes losses and normalisers of all rows.</summary>
    public static void Forward(
        Real* x, in CataloguePointers items, int* targets, Real* losses, Real* normalisers, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            ScalarLane largest = new(Real.NegativeInfinity), total = new(0);
            for (int start = 0; start < items.Count; start += BlockItems)
            {
                int end = Math.Min(items.Count, start + BlockItems);
                ScalarLane most = new(Real.NegativeInfinity), sum = new(0);
                for (int item = start; item < end; item++)
                    most = Greater(most, Logit(x, items, row, item));
                for (int item = start; item < end; item++)
                    sum += LaneMath.Exp(Logit(x, items, row, item) - most);
                ScalarLane greatest = Greater(largest, most);
                total = Scaled(total, largest, greatest) + Scaled(sum, most, greatest);
                largest = greatest;
            }

            normalisers[row] = largest.Value + Log(total.Value);
            losses[row] = normalisers[row] - Logit(x, items, row, targets[row]).Value;
        }
    }

    /// <summary>Adds to the adjoint of x and overwrites those of items; an adjoint that is null is not computed.</summary>
    public static void Backward(
        Real* x, in CataloguePointers items, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias, Real* p,
        int rows)
    {
        (int count, int dimension) = (items.Count, items.Dimension);
        Real* chains = stackalloc Real[4];
        for (int item = 0; item < count; item++)
        {
            // In bounds: p has a number for each item and row.
            Real* own = p + ((nint)item * rows);
            for (int row = 0; row < rows; row++)
            {
                ScalarLane logit = Logit(x, items, row, item);
                own[row] = Adjoint(logit, new(normalisers[row]), new(dlosses[row])).Value;
                own[row] -= targets[row] == item ? dlosses[row] : 0;
            }

            for (int i = 0; i < dimension && ditems is not null; i++)
            {
                Real sum = 0;
                for (int row = 0; row < rows; row++)
                    sum = Real.FusedMultiplyAdd(own[row], x[((nint)row * dimension) + i], sum);
                ditems[((nint)item * dimension) + i] = sum;
            }

            if (dbias is null)
                continue;
            new Span<Real>(chains, 4).Clear();
            for (int row = 0; row < rows; row++)
                chains[row % 4] += own[row];
            dbias[item] = chains[0] + chains[1] + (chains[2] + chains[3]);
        }

        for (nint at = 0; at < (nint)rows * dimension && dx is not null; at++)
        {
            (nint row, nint i) = (at / dimension, at % dimension);
            Real total = 0;
            for (int start = 0; start < count; start += BlockItems)
            {
                Real sum = 0;
                for (int item = start; item < Math.Min(count, start + BlockItems); item++)
                    sum = Real.FusedMultiplyAdd(p[((nint)item * rows) + row], items.Vector(item)[i], sum);
                total = start == 0 ? sum : total + sum;
            }

            dx[at] += total;
        }
    }

    private static ScalarLane Logit(Real* x, in CataloguePointers items, int row, int item)
    {
        Real* vector = items.Vector(item);
        Real sum = 0;
        for (int i = 0; i < items.Dimension; i++)
            sum = Real.FusedMultiplyAdd(x[((nint)row * items.Dimension) + i], vector[i], sum);
        return new(sum + items.Bias(item));
    }
}
