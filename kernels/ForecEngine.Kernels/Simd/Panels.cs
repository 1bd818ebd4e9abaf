// A factor of a matrix product as panels, packed for the sums of a tile (ProductTile.cs): step k of the depth has the numbers of the
// panel's lines, which are rows of A or columns of B, one after another. A panel with too few lines is filled up with zeros, whose sums
// are never stored.

namespace ForecEngine.Kernels.Simd;

/// <summary>The panels of a factor.</summary>
/// <param name="from">The first number of the first line; line i and step k are at i line + k step.</param>
/// <param name="line">The distance of lines.</param>
/// <param name="step">The distance of steps; either distance is 1.</param>
/// <param name="lines">The number of lines.</param>
/// <param name="width">The lines of a panel, at least those of a lane of 128 bits, and of 256 bits if there are vectors of 512.</param>
/// <param name="depth">The number of steps.</param>
/// <param name="packed">The panels' memory, <see cref="Length"/> numbers.</param>
/// <param name="bits">The width of vectors.</param>
internal readonly unsafe struct Panels(Real* from, nint line, nint step, int lines, int width, int depth, Real* packed, int bits)
{
    /// <summary>The number of panels.</summary>
    public int Count => width == 0 ? 0 : (lines + width - 1) / width;

    /// <summary>The panels, [Count, depth, width].</summary>
    public Real* Packed => packed;

    /// <summary>The numbers of all panels.</summary>
    public static long Length(int lines, int width, int depth) => ((long)lines + width - 1) / width * width * depth;

    /// <summary>Overwrites a panel.</summary>
    public void Pack(int panel)
    {
        nint first = (nint)panel * width;
        Real* source = from + (first * line), target = packed + (first * depth);
        if (lines - first < width)
            PackSome(source, line, step, (int)(lines - first), width, depth, target);
        else if (width >= Lane256.Width && bits >= 256)
            PackWhole<Lane256>(source, line, step, width, depth, target);
        else
            PackWhole<Lane128>(source, line, step, width, depth, target);
    }

    private static void PackSome(Real* from, nint line, nint step, int lines, int width, int depth, Real* to)
    {
        for (nint k = 0; k < depth; k++)
        {
            for (int i = 0; i < width; i++)
                *to++ = i < lines ? from[(i * line) + (k * step)] : 0;
        }
    }

    // Where a lane does not divide the width, the last one overlaps that before it, and the same numbers are written twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackWhole<TLane>(Real* from, nint line, nint step, int width, int depth, Real* to)
        where TLane : struct, IHostLane<TLane>
    {
        for (int i = 0; ; i = Math.Min(i + TLane.Width, width - TLane.Width))
        {
            Real* source = from + (i * line), target = to + i;
            int k = 0;
            for (; k <= depth - 4 && step == 1; k += 4, source += 4, target += 4 * width)
            {
                TLane.LoadColumns(source, line, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
                TLane.Store(c0, target);
                TLane.Store(c1, target + width);
                TLane.Store(c2, target + (2 * width));
                TLane.Store(c3, target + (3 * width));
            }

            for (; k < depth; k++, source += step, target += width)
                TLane.Store(line == 1 ? TLane.Load(source) : TLane.LoadColumn(source, line), target);
            if (i + TLane.Width >= width)
                return;
        }
    }
}
