// Where lanes are loaded from and stored to. The body of an operation takes memories instead of pointers or device views, so the same body
// runs over host memory and over a GPU's.

namespace ForecEngine.Kernels;

/// <summary>Numbers that can be read and written a lane at a time.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
public interface IMemory<TLane>
    where TLane : struct, ILane<TLane>
{
    /// <summary>The lane whose first number has this index.</summary>
    TLane Load(int index);

    /// <summary>Overwrites the lane whose first number has this index.</summary>
    void Store(int index, TLane value);
}

/// <summary>Row numbers and positions, read one at a time.</summary>
public interface IIndexMemory
{
    /// <summary>The index at this place.</summary>
    int Load(int index);
}

/// <summary>Host memory. The device that creates it has checked the bounds of every index that will be used.</summary>
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
