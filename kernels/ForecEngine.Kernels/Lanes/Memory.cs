// Memory that lanes are loaded from and stored to. Operations' bodies take these types instead of pointers or device views, so the same
// body runs over host memory and over a GPU's.

namespace ForecEngine.Kernels;

/// <summary>Numbers that can be read and written one lane at a time.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
public interface IMemory<TLane>
    where TLane : struct, ILane<TLane>
{
    /// <summary>Reads the lane that starts at this index.</summary>
    TLane Load(int index);

    /// <summary>Writes the lane that starts at this index.</summary>
    void Store(int index, TLane value);
}

/// <summary>Row numbers and positions, read one at a time.</summary>
public interface IIndexMemory
{
    /// <summary>The row number or position at this place.</summary>
    int Load(int index);
}

/// <summary>Host memory. The device that creates it has checked the bounds of every access.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
internal readonly unsafe struct HostMemory<TLane>(Real* start) : IMemory<TLane>
    where TLane : struct, IHostLane<TLane>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Load(int index) => TLane.Load(start + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int index, TLane value) => TLane.Store(value, start + index);
}

/// <summary>Indices in host memory.</summary>
internal readonly unsafe struct HostIndices(int* start) : IIndexMemory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Load(int index) => start[index];
}
