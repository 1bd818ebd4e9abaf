// Checks that training steps allocate nothing on the host.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

internal static class AllocationFreeSteps
{
    /// <summary>Fails if a step after the first passes over an epoch's minibatches allocates a byte.</summary>
    public static void Check(IDevice device, LossGradient gradient, Optimiser optimiser, SampleStream stream)
    {
        Slice<Real> mean = device.Allocate<Real>(1).Slice();
        stream.Begin(0);

        // Three passes, so that the shorter last batch has run, and the first step after it.
        for (int i = 0; i < (3 * stream.Batches) + 1; i++)
            Step(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < stream.Batches; i++)
            Step(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int number)
        {
            gradient.Add(stream.BatchAt(number), 1, mean, number + 1);
            optimiser.Update(mean);
        }
    }
}
