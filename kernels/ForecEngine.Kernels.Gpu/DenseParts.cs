// The small dense parameters of an update, described in the device's memory. An optimiser has the same parameters in every step, so that a
// description is written once and found again by its contents.

using System.Runtime.InteropServices;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Collects the small dense parameters of an update.</summary>
/// <param name="device">The device.</param>
internal sealed class DenseParts(GpuDevice device)
{
    private const int AtOnce = 8; // the arguments of UpdateKernels.PutParts
    private const int MostKnown = 32;

    private readonly List<DensePart> _parts = [];
    private readonly HashSet<(object? Storage, int Offset)> _parameters = [];
    private readonly List<(DensePart[] Parts, GpuStorage<DensePart> Written)> _known = [];
    private int _groups;

    /// <summary>Whether none has been added.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Forgets all parameters.</summary>
    public void Begin()
    {
        _parts.Clear();
        _parameters.Clear();
        _groups = 0;
    }

    /// <summary>Whether a parameter and all its memory are among the small tensors.</summary>
    public bool Fits(Slice<float> p, Slice<float> m, Slice<float> v, Slice<float> gradient) =>
        OffsetOf(p) >= 0 && OffsetOf(m) >= 0 && OffsetOf(v) >= 0 && OffsetOf(gradient) >= 0;

    /// <summary>Whether a parameter has been added.</summary>
    public bool Has(Slice<float> p) => _parameters.Contains((p.Storage, p.Offset));

    /// <summary>Adds a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="sums">The offset of its gradient in the sums of a fused step, or -1.</param>
    public void Add<TRule>(in ParameterUpdate<TRule> parameter, int sums)
        where TRule : unmanaged, IUpdateRule
    {
        Slice<float> p = parameter.P.Values;
        _parameters.Add((p.Storage, p.Offset));
        int first = _groups;
        _groups += (p.Length + UpdateKernels.DenseElements - 1) / UpdateKernels.DenseElements;
        _parts.Add(new DensePart
        {
            FirstGroup = first,
            EndGroup = _groups,
            Length = p.Length,
            P = OffsetOf(p),
            M = OffsetOf(parameter.M),
            V = OffsetOf(parameter.V),
            Gradient = OffsetOf(parameter.Gradient.Values),
            Sums = sums,
        });
    }

    /// <summary>The parameters as arguments of the update.</summary>
    public DenseUpdate End()
    {
        ArrayView<DensePart> written = _parts.Count == 0 ? device.ViewOrAbsent(default(Slice<DensePart>)) : Written();
        return new DenseUpdate
        {
            Memory = device.SmallMemory,
            Parts = written,
            PartCount = _parts.Count,
            Groups = _groups,
        };
    }

    private ArrayView<DensePart> Written()
    {
        ReadOnlySpan<DensePart> parts = CollectionsMarshal.AsSpan(_parts);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(parts);
        foreach ((DensePart[] known, GpuStorage<DensePart> there) in _known)
        {
            if (known.Length == parts.Length && MemoryMarshal.AsBytes<DensePart>(known).SequenceEqual(bytes))
                return device.ViewOf(there.Slice());
        }

        if (_known.Count == MostKnown)
        {
            foreach ((_, GpuStorage<DensePart> old) in _known)
                old.Free();
            _known.Clear();
        }

        GpuStorage<DensePart> storage = new(device, parts.Length);
        ArrayView<DensePart> view = device.ViewOf(storage.Slice());
        for (int first = 0; first < parts.Length; first += AtOnce)
        {
            ReadOnlySpan<DensePart> some = parts[first..];
            device.PutParts(
                Math.Min(AtOnce, some.Length), view, first, some[0], At(some, 1), At(some, 2), At(some, 3), At(some, 4), At(some, 5),
                At(some, 6), At(some, 7));
        }

        _known.Add((parts.ToArray(), storage));
        return view;

        static DensePart At(ReadOnlySpan<DensePart> parts, int place) => place < parts.Length ? parts[place] : default;
    }

    // An absent statistic is at 0, where the kernel does not read.
    private int OffsetOf(Slice<float> slice) =>
        slice.IsEmpty ? 0 : slice.Storage is GpuStorage<float> storage && storage.Device == device ? storage.OffsetInSmall(slice.Offset) : -1;
}
