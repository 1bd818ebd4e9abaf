// A GPU's memory as the operations' bodies see it.

using ILGPU;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Numbers in a GPU's memory. Whoever launches a kernel has checked the bounds of every index it will use.</summary>
public readonly struct ViewMemory : IMemory<GpuLane>
{
    private readonly ArrayView<float> _view;

    /// <summary>The numbers of <paramref name="view"/>.</summary>
    public ViewMemory(ArrayView<float> view) => _view = view;

    /// <inheritdoc/>
    public GpuLane Load(int index) => new(_view[index]);

    /// <inheritdoc/>
    public void Store(int index, GpuLane value) => _view[index] = value.Value;
}

/// <summary>Indices in a GPU's memory.</summary>
public readonly struct ViewIndices : IIndexMemory
{
    private readonly ArrayView<int> _view;

    /// <summary>The indices of <paramref name="view"/>.</summary>
    public ViewIndices(ArrayView<int> view) => _view = view;

    /// <inheritdoc/>
    public int Load(int index) => _view[index];
}
