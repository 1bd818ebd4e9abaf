// Measures this machine's peak rates: multiply-adds in registers, and a copy between two arrays larger than the caches. Each is the best of
// some short rounds, because disturbances only make a round slower.

using System.Diagnostics;

namespace ForecEngine.Kernels.Profiling;

/// <summary>The peak rates of this machine with a number of threads.</summary>
/// <param name="Threads">The number of threads.</param>
/// <param name="FmaGflops">Billions of floating-point operations a second in independent multiply-adds; each counts as two.</param>
/// <param name="CopyGbps">Billions of bytes a second in a copy, read plus written.</param>
public sealed record MachineCeilings(int Threads, double FmaGflops, double CopyGbps)
{
    private const int Rounds = 12;
    private const int CopyElements = 1 << 24;

    /// <summary>Much longer than starting the threads, and shorter than a scheduler's time slice.</summary>
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Measures the rates, in about a second.</summary>
    public static MachineCeilings Measure(int threads)
    {
        using Workers workers = new(threads);
        double flops = 0;
        for (int bits = 128; bits <= Sweep.WidestBits; bits *= 2)
            flops = Math.Max(flops, Fma(workers, bits));
        return new MachineCeilings(threads, flops / 1e9, Copy(workers) / 1e9);
    }

    private static double Fma(Workers workers, int bits)
    {
        double best = 0;
        for (int round = 0, steps = 256; round < Rounds;)
        {
            FmaJob job = new(bits, steps);
            long start = Stopwatch.GetTimestamp();
            workers.Run(job, workers.Count);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            best = Math.Max(best, (double)job.Flops * workers.Count / time.TotalSeconds);
            if (time < RoundTime)
                steps *= 2;
            else
                round++;
        }

        return best;
    }

    private static unsafe double Copy(Workers workers)
    {
        HostStorage<Real> from = new(CopyElements), to = new(CopyElements);
        double best = 0;
        fixed (Real* pfrom = from.Span, pto = to.Span)
        {
            CopyJob job = new(pfrom, pto, CopyElements / workers.Count);
            for (int round = 0; round < Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                workers.Run(job, workers.Count);
                best = Math.Max(best, 2.0 * sizeof(Real) * job.Length * workers.Count / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return best;
    }

    /// <summary>Ten independent chains: more than latency times issue width of current processors.</summary>
    private readonly struct FmaJob(int bits, int steps) : IChunked
    {
        private const int Chains = 10;

        public long Flops => 2L * steps * Chains * (bits / (8 * sizeof(Real)));

        public void Run(int chunk, int worker)
        {
            Real sum = bits switch
            {
                512 => Chain<Lane512>(steps),
                256 => Chain<Lane256>(steps),
                _ => Chain<Lane128>(steps),
            };
            if (Real.IsNaN(sum))
                throw new ArithmeticException("the chains' sum is not a number"); // never; keeps the compiler from dropping the sums
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static unsafe Real Chain<TLane>(int steps)
            where TLane : struct, IHostLane<TLane>
        {
            TLane factor = TLane.Broadcast((Real)0.5), addend = TLane.Broadcast(1);
            TLane s0 = addend, s1 = addend, s2 = addend, s3 = addend, s4 = addend;
            TLane s5 = addend, s6 = addend, s7 = addend, s8 = addend, s9 = addend;
            for (int step = 0; step < steps; step++)
            {
                s0 = TLane.MultiplyAdd(s0, factor, addend);
                s1 = TLane.MultiplyAdd(s1, factor, addend);
                s2 = TLane.MultiplyAdd(s2, factor, addend);
                s3 = TLane.MultiplyAdd(s3, factor, addend);
                s4 = TLane.MultiplyAdd(s4, factor, addend);
                s5 = TLane.MultiplyAdd(s5, factor, addend);
                s6 = TLane.MultiplyAdd(s6, factor, addend);
                s7 = TLane.MultiplyAdd(s7, factor, addend);
                s8 = TLane.MultiplyAdd(s8, factor, addend);
                s9 = TLane.MultiplyAdd(s9, factor, addend);
            }

            Real* sums = stackalloc Real[TLane.Width];
            TLane.Store(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9, sums);
            return sums[0];
        }
    }

    private readonly unsafe struct CopyJob(Real* from, Real* to, int length) : IChunked
    {
        public int Length => length;

        // A chunk is one thread's part of the arrays.
        public void Run(int chunk, int worker)
        {
            nint start = (nint)chunk * length;
            new ReadOnlySpan<Real>(from + start, length).CopyTo(new Span<Real>(to + start, length));
        }
    }
}
