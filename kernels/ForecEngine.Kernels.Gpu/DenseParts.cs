// The small dense parameters of an update, described in the device's memory. An optimiser has the same parameters in every step, so that a
// description is written once, before the first step, and found again by its contents.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Collects the small dense parameters of an update.</summary>
/// <param name="device">The device.</param>
internal sealed class DenseParts(GpuDevice device)
{
    private const int MostKnown = 32;
    private const int MostPrepared = 4; // the optimisers of a stage; those of earlier ones must not stay in memory

    private readonly List<DensePart> _parts = [];
    private readonly List<Slice<float>> _parameters = [];
    private readonly List<(DensePart[] Parts, GpuStorage<DensePart> Written)> _known = [];
    private readonly Queue<(DensePart[] Parts, Slice<float>[] Gradients)> _prepared = [];

    /// <summary>Whether none has been added.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Forgets all parameters.</summary>
    public void Begin()
    {
        _parts.Clear();
        _parameters.Clear();
    }

    /// <summary>Whether a parameter and all its memory are among the small tensors.</summary>
    public bool Fits(Slice<float> p, Slice<float> m, Slice<float> v, Slice<float> gradient) =>
        OffsetOf(p) >= 0 && OffsetOf(m) >= 0 && OffsetOf(v) >= 0 && OffsetOf(gradient) >= 0;

    /// <summary>Whether a parameter has been added.</summary>
    public bool Has(Slice<float> p)
    {
        foreach (Slice<float> parameter in _parameters)
        {
            if (parameter.IsSameAs(p))
                return true;
        }

        return false;
    }

    /// <summary>Adds a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="sums">The offset of its gradient in the sums of a fused step, or -1.</param>
    public void Add<TRule>(in ParameterUpdate<TRule> parameter, int sums)
        where TRule : unmanaged, IUpdateRule
    {
        Slice<float> p = parameter.P.Values;
        int first = _parts.Count > 0 ? _parts[^1].EndGroup : 0;
        _parameters.Add(p);
        _parts.Add(new DensePart
        {
            FirstGroup = first,
            EndGroup = first + ((p.Length + UpdateKernels.DenseElements - 1) / UpdateKernels.DenseElements),
            Length = p.Length,
            P = OffsetOf(p),
            M = OffsetOf(parameter.M),
            V = OffsetOf(parameter.V),
            Gradient = OffsetOf(parameter.Gradient.Values),
            Sums = sums,
        });
    }

    /// <summary>The parameters as arguments of the update.</summary>
    public DenseUpdate End() => new()
    {
        Memory = device.SmallMemory,
        Parts = IsEmpty ? device.ViewOrAbsent(default(Slice<DensePart>)) : Written(CollectionsMarshal.AsSpan(_parts)),
        PartCount = _parts.Count,
        Groups = IsEmpty ? 0 : _parts[^1].EndGroup,
    };

    /// <summary>Writes the description of the parameters that have been added, before an update needs it.</summary>
    /// <param name="gradients">Their gradients.</param>
    public void Prepare(IEnumerable<Slice<float>> gradients)
    {
        if (IsEmpty)
            return;
        Written(CollectionsMarshal.AsSpan(_parts));
        _prepared.Enqueue(([.. _parts], [.. gradients]));
        if (_prepared.Count > MostPrepared)
            _prepared.Dequeue();
    }

    /// <summary>Writes descriptions of prepared parameters for updates after a fused step.</summary>
    public void PrepareFor(PendingGradients pending)
    {
        foreach ((DensePart[] parts, Slice<float>[] gradients) in _prepared)
        {
            DensePart[] summed = [.. parts.Zip(gradients, (part, gradient) => part with { Sums = pending.OffsetOf(gradient) })];
            if (summed.Any(part => part.Sums >= 0))
                Written(summed);
        }
    }

    private ArrayView<DensePart> Written(ReadOnlySpan<DensePart> parts)
    {
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
        storage.Write(0, parts);
        _known.Add((parts.ToArray(), storage));
        return device.ViewOf(storage.Slice());
    }

    // An absent statistic is at 0, where the kernel does not read.
    private int OffsetOf(Slice<float> slice)
    {
        if (slice.IsEmpty)
            return 0;
        return slice.Storage is GpuStorage<float> storage && storage.Device == device ? storage.OffsetInSmall(slice.Offset) : -1;
    }
}
