// A factor of a matrix product as panels, packed for the sums of a tile (ProductTile.cs): step k of the depth has the numbers of the
// panel's lines, which are rows of A or columns of B, one after another. A panel with too few lines is filled up with zeros, whose sums
// are never stored.

namespace ForecEngine.Kernels.Simd;

/// <summary>The panels of a factor.</summary>
/// <param name="from">The first number of the first line; line i and step k are at i line + k step.</param>
/// <param name="line">The distance of lines; 1 unless that of steps is 1.</param>
/// <param name="step">The distance of steps.</param>
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
        int count = (int)Math.Min(width, lines - first);
        if (count < width)
            new Span<Real>(target, width * depth).Clear();
        if (step == 1 && count == width)
            PackLines(source, line, width, depth, target, bits);
        else if (step == 1)
            Sweep.Over(new Transposition(source, line, depth, target, width), 0, count, bits);
        else if (count == width && width >= Lane256.Width && bits >= 256)
            Copy<Lane256>(source, target);
        else if (count == width)
            Copy<Lane128>(source, target);
        else
        {
            for (int k = 0; k < depth; k++, source += step, target += width)
                new ReadOnlySpan<Real>(source, count).CopyTo(new Span<Real>(target, count));
        }
    }

    /// <summary>Overwrites a panel with <paramref name="width"/> lines of contiguous steps.</summary>
    public static void PackLines(Real* source, nint line, int width, int depth, Real* target, int bits)
    {
        Transposition transposition = new(source, line, depth, target, width);
        if (width >= Lane256.Width && bits >= 256)
            Transpose<Lane256>(transposition, width);
        else
            Sweep.Over(transposition, 0, width, bits);
    }

    // Where a lane does not divide the width, the last one overlaps that before it, and the same numbers are written twice.
    private static void Transpose<TLane>(Transposition transposition, int width)
        where TLane : struct, IHostLane<TLane>
    {
        int i = 0;
        for (; i <= width - TLane.Width; i += TLane.Width)
            transposition.At<TLane>(0, i);
        if (i < width)
            transposition.At<TLane>(0, width - TLane.Width);
    }

    // The last lane overlaps here too.
    private void Copy<TLane>(Real* source, Real* target)
        where TLane : struct, IHostLane<TLane>
    {
        for (int k = 0; k < depth; k++, source += step, target += width)
        {
            int i = 0;
            for (; i <= width - TLane.Width; i += TLane.Width)
                TLane.Store(TLane.Load(source + i), target + i);
            if (i < width)
                TLane.Store(TLane.Load(source + width - TLane.Width), target + width - TLane.Width);
        }
    }
}
