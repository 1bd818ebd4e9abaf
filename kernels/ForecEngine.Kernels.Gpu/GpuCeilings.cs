// Measures an accelerator's peak rates with kernels: multiply-adds in registers, and a copy between two arrays larger than its caches. Each
// is the best of some rounds, because disturbances only make a round slower.

using System.Diagnostics;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The peak rates of an accelerator.</summary>
/// <param name="FmaGflops">Billions of floating-point operations a second in independent multiply-adds; each counts as two.</param>
/// <param name="CopyGbps">Billions of bytes a second in a copy within its memory, read plus written.</param>
public sealed record GpuCeilings(double FmaGflops, double CopyGbps)
{
    private const int Rounds = 8;
    private const int MostCopied = 1 << 26; // elements: 256 MiB, more than the caches of today's GPUs
    private const int MostEmulated = 1 << 14; // the emulation on the processor takes a microsecond an element
    private const int MostSteps = 1 << 20;

    /// <summary>Much longer than a launch.</summary>
    private static readonly TimeSpan s_roundTime = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures the rates, within some seconds.</summary>
    internal static GpuCeilings Measure(Accelerator accelerator, long memoryBytes)
    {
        int most = accelerator.AcceleratorType == AcceleratorType.CPU ? MostEmulated : MostCopied;
        int elements = (int)Math.Clamp(memoryBytes / 32, 1, most); // two arrays of four bytes an element: a quarter of the memory
        return new GpuCeilings(MultiplyAdds(accelerator) / 1e9, Copy(accelerator, elements) / 1e9);
    }

    private static double MultiplyAdds(Accelerator accelerator)
    {
        int threads = accelerator.NumMultiprocessors * accelerator.MaxNumThreadsPerMultiprocessor;
        using MemoryBuffer1D<float, Stride1D.Dense> sums = accelerator.Allocate1D<float>(threads);
        Action<Index1D, ArrayView<float>, float, int> kernel =
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, float, int>(PeakKernels.MultiplyAdds);
        int steps = 16;
        while (steps < MostSteps && Best(accelerator, 1, () => kernel(threads, sums.View.BaseView, 0.5f, steps)) < s_roundTime)
            steps *= 2;
        TimeSpan best = Best(accelerator, Rounds, () => kernel(threads, sums.View.BaseView, 0.5f, steps));
        return 2.0 * PeakKernels.Chains * steps * threads / best.TotalSeconds;
    }

    private static double Copy(Accelerator accelerator, int elements)
    {
        using MemoryBuffer1D<float, Stride1D.Dense> from = accelerator.Allocate1D<float>(elements);
        using MemoryBuffer1D<float, Stride1D.Dense> to = accelerator.Allocate1D<float>(elements);
        from.MemSetToZero();
        to.MemSetToZero();
        Action<Index1D, ArrayView<float>, ArrayView<float>> kernel =
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(PeakKernels.Copy);
        TimeSpan best = Best(accelerator, Rounds, () => kernel(elements, from.View.BaseView, to.View.BaseView));
        return 2.0 * sizeof(float) * elements / best.TotalSeconds;
    }

    private static TimeSpan Best(Accelerator accelerator, int rounds, Action launch)
    {
        launch(); // the first launch has other costs
        accelerator.Synchronize();
        TimeSpan best = TimeSpan.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            launch();
            accelerator.Synchronize();
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            best = time < best ? time : best;
        }

        return best;
    }
}
