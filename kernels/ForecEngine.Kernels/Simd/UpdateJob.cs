// An optimiser's step over all of its parameters as one job. A chunk is a thread's share: it claims one run of elements after
// another, through all parameters. Every element is moved by whoever claims its run, by its own gradient alone, so who that is
// cannot be seen.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>The updates of some parameters, which stay where they are.</summary>
internal readonly unsafe struct UpdateJob<TRule>(ParameterSweep<TRule>* parameters, int runs, int* nextRun) : IChunked
    where TRule : unmanaged, IUpdateRule
{
    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Run(int chunk)
    {
        Real* scratch = stackalloc Real[ParameterSweep<TRule>.RunElements];
        new Span<Real>(scratch, ParameterSweep<TRule>.RunElements).Clear();
        ParameterSweep<TRule>* parameter = parameters;
        for (int run = Interlocked.Increment(ref *nextRun) - 1; run < runs; run = Interlocked.Increment(ref *nextRun) - 1)
        {
            while (run >= parameter->EndRun) // claims ascend
                parameter++;
            parameter->Run(run, scratch);
        }
    }
}
