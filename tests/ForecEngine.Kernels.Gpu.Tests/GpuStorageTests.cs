// Memory of an accelerator: it is zero at first, keeps written values, checks bounds, and is used again after it is freed.

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuStorageTests(TestAccelerator accelerator) : IClassFixture<TestAccelerator>
{
    [Property(MaxTest = 20)]
    public void Written_values_are_read_back_and_the_rest_stays_zero(float[] values, byte before, byte after)
    {
        Storage<float> storage = accelerator.Gpu.Allocate<float>(before + values.Length + after);
        storage.Write(before, values);
        float[] read = new float[storage.Length];
        storage.Slice().Read(read);
        Assert.Equal([.. new float[before], .. values, .. new float[after]], read);
    }

    [Property(MaxTest = 20)]
    public void Access_out_of_bounds_is_refused(NonNegativeInt length)
    {
        Storage<int> storage = accelerator.Gpu.Allocate<int>(length.Get);
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Read(0, new int[length.Get + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Write(length.Get, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Write(-1, new int[1]));
    }

    [Fact]
    public void Memory_that_nobody_references_is_used_again()
    {
        const int Length = 20 << 20; // 80 MB, more than a block
        long before = accelerator.Gpu.Memory.Bytes;
        for (int i = 0; i < 8; i++)
            Assert.Equal(Length, accelerator.Gpu.Allocate<float>(Length).Length);
        Assert.InRange(accelerator.Gpu.Memory.Bytes - before, 0, 3L * Length * sizeof(float));
    }
}
