// A sweep runs a body over a range of indices with the widest lanes first and narrower ones for the tail, down to
// single numbers. Lanes agree bit for bit, so where the widths change cannot be seen in a result.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ForecEngine.Kernels.Simd;

/// <summary>A body over the lane that begins at an index.</summary>
internal interface ISweep
{
    /// <summary>Handles the indices [i, i + TLane.Width).</summary>
    void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane>;
}

/// <summary>A body over a run of whole lanes, which loops itself: it keeps in registers what is the same for all.</summary>
internal interface IRunSweep
{
    /// <summary>Handles the indices [start, end), a multiple of TLane.Width.</summary>
    void Over<TLane>(int start, int end)
        where TLane : struct, IHostLane<TLane>;
}

/// <summary>The widest vectors in use, and the loop over them.</summary>
internal static class Sweep
{
    /// <summary>The width in bits of the widest vectors that this machine accelerates: 512, 256 or 128.</summary>
    public static int WidestBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Runs <paramref name="body"/> over [start, end) with vectors of at most <paramref name="bits"/> bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Over<TBody>(in TBody body, int start, int end, int bits)
        where TBody : struct, ISweep =>
        OverRuns(new EachLane<TBody>(body), start, end, bits);

    /// <summary>Runs <paramref name="body"/> over [start, end) with vectors of at most <paramref name="bits"/> bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OverRuns<TBody>(in TBody body, int start, int end, int bits)
        where TBody : struct, IRunSweep
    {
        int i = start;
        if (bits >= 512)
            i = With<TBody, Lane512>(body, i, end);
        if (bits >= 256 && i < end)
            i = With<TBody, Lane256>(body, i, end);
        if (i < end)
            i = With<TBody, Lane128>(body, i, end);
        if (i < end)
            With<TBody, ScalarLane>(body, i, end);
    }

    // Not inlined: four widths of one body in one method would exhaust the compiler's budget for inlining.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int With<TBody, TLane>(in TBody body, int start, int end)
        where TBody : struct, IRunSweep
        where TLane : struct, IHostLane<TLane>
    {
        int whole = end - ((end - start) % TLane.Width);
        body.Over<TLane>(start, whole);
        return whole;
    }

    private readonly struct EachLane<TBody>(TBody body) : IRunSweep
        where TBody : struct, ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Over<TLane>(int start, int end)
            where TLane : struct, IHostLane<TLane>
        {
            TBody own = body; // a copy that no store in the loop can change, so that its fields stay in registers
            for (int i = start; i < end; i += TLane.Width)
                own.At<TLane>(i);
        }
    }
}
