// Memory of an accelerator: it begins as zeros, keeps what is written, and is left alone beyond its ends.

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuStorageTests(CpuAccelerator cpu) : IClassFixture<CpuAccelerator>
{
    [Property(MaxTest = 20)]
    public void What_is_written_is_read_back_and_the_rest_stays_zero(float[] values, byte before, byte after)
    {
        using GpuStorage<float> storage = cpu.Operations.Allocate<float>(before + values.Length + after);
        storage.Write(before, values);
        float[] read = new float[storage.Length];
        storage.Slice().Read(read);
        Assert.Equal([.. new float[before], .. values, .. new float[after]], read);
    }

    [Property(MaxTest = 20)]
    public void Beyond_its_ends_nothing_is_read_or_written(NonNegativeInt length)
    {
        using GpuStorage<int> storage = cpu.Operations.Allocate<int>(length.Get);
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Read(0, new int[length.Get + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Write(length.Get, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Write(-1, new int[1]));
    }
}
