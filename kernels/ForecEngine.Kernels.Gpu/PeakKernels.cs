// Kernels that reach an accelerator's peak rates: multiply-adds in registers, and a copy between two arrays.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the kernels for peak rates, for one thread.</summary>
internal static class PeakKernels
{
    /// <summary>The number of independent chains of a thread: more than latency times issue width.</summary>
    public const int Chains = 8;

    /// <summary>to[i] = from[i].</summary>
    public static void Copy(Index1D i, ArrayView<float> from, ArrayView<float> to) => to[i] = from[i];

    /// <summary>y[i] = the sum of chains of multiply-adds. The factor is an argument, so that no compiler computes the chains.</summary>
    public static void MultiplyAdds(Index1D i, ArrayView<float> y, float factor, int steps)
    {
        GpuLane f = new(factor), one = new(1);
        GpuLane s0 = new(i), s1 = s0 + one, s2 = s1 + one, s3 = s2 + one, s4 = s3 + one, s5 = s4 + one, s6 = s5 + one, s7 = s6 + one;
        for (int step = 0; step < steps; step++)
        {
            s0 = GpuLane.MultiplyAdd(s0, f, one);
            s1 = GpuLane.MultiplyAdd(s1, f, one);
            s2 = GpuLane.MultiplyAdd(s2, f, one);
            s3 = GpuLane.MultiplyAdd(s3, f, one);
            s4 = GpuLane.MultiplyAdd(s4, f, one);
            s5 = GpuLane.MultiplyAdd(s5, f, one);
            s6 = GpuLane.MultiplyAdd(s6, f, one);
            s7 = GpuLane.MultiplyAdd(s7, f, one);
        }

        y[i] = (s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7).Value;
    }
}
