// GPU memory as an argument of the operations' bodies.

namespace ForecEngine.Kernels.Gpu;

/// <summary>Numbers in a GPU's memory. The caller that launches a kernel has checked the bounds of every index.</summary>
internal readonly struct ViewMemory(ArrayView<float> view) : IMemory<GpuLane>
{
    public GpuLane Load(int index) => new(view[index]);

    public void Store(int index, GpuLane value) => view[index] = value.Value;
}

/// <summary>Numbers in a GPU's memory, for a body that reads them one at a time beside its lanes.</summary>
internal readonly struct ViewNumbers(ArrayView<float> view) : IMemory<ScalarLane>
{
    public ScalarLane Load(int index) => new(view[index]);

    public void Store(int index, ScalarLane value) => view[index] = value.Value;
}

/// <summary>Indices in a GPU's memory.</summary>
internal readonly struct ViewIndices(ArrayView<int> view) : IIndexMemory
{
    public int Load(int index) => view[index];
}
