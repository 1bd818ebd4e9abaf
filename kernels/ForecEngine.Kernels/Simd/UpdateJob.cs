// An optimiser's step over all of its parameters as one job: a chunk is a run of elements of one of them.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>The updates of some parameters.</summary>
/// <param name="parameters">The parameters, which stay where they are, in the order of their runs.</param>
/// <param name="zeros">For each thread, room for the gradients of a run: zeros, and zeros again after each.</param>
/// <param name="runElements">The most elements that a run has.</param>
internal readonly unsafe struct UpdateJob<TRule>(ParameterSweep<TRule>* parameters, Real* zeros, int runElements) : IChunked
    where TRule : unmanaged, IUpdateRule
{
    /// <inheritdoc/>
    public void Run(int chunk, int worker)
    {
        ParameterSweep<TRule>* parameter = parameters;
        while (chunk >= parameter->EndRun)
            parameter++;
        parameter->Run(chunk, zeros + ((nint)worker * runElements));
    }
}
