// The update of parameters: a table's positions are sorted by row, then every element moves.

using ILGPU.Runtime;
using Keys = ILGPU.ArrayView<long>;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    /// <inheritdoc/>
    public void Update<TRule>(Slice<float> loss, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        Shapes.Require(loss, 1, optional: true);
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            parameter.Check();
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (parameter.IsWhole)
                UpdateWhole(loss, parameter);
            else if (parameter.TouchedOnly)
                UpdateTouched(loss, parameter);
            else
                UpdateTable(loss, parameter);
        }
    }

    private void UpdateWhole<TRule>(Slice<float> loss, in ParameterUpdate<TRule> parameter)
        where TRule : unmanaged, IUpdateRule
    {
        Slice<float> p = parameter.P.Values;
        if (!p.IsEmpty)
            Each<Action<Index1D, TRule, View, int, View, View, View, View>>(
                UpdateKernels.Whole, _accelerator.LoadAutoGroupedStreamKernel)(
                p.Length, parameter.Rule, OnOrAbsent(loss), loss.Length, On(p), OnOrAbsent(parameter.M), OnOrAbsent(parameter.V),
                On(parameter.Gradient.Values));
    }

    private void UpdateTable<TRule>(Slice<float> loss, in ParameterUpdate<TRule> parameter)
        where TRule : unmanaged, IUpdateRule
    {
        Slice<float> p = parameter.P.Values;
        Keys keys = Sort(parameter.Rows);
        if (!p.IsEmpty)
            Each<Action<Index1D, TRule, View, int, View, View, View, Keys, int, View, int>>(
                UpdateKernels.Table, _accelerator.LoadAutoGroupedStreamKernel)(
                p.Length, parameter.Rule, OnOrAbsent(loss), loss.Length, On(p), OnOrAbsent(parameter.M), OnOrAbsent(parameter.V),
                keys, parameter.Rows.Count, OnOrAbsent(parameter.Gradient.Values), parameter.P.Columns);
    }

    private void UpdateTouched<TRule>(Slice<float> loss, in ParameterUpdate<TRule> parameter)
        where TRule : unmanaged, IUpdateRule
    {
        Slice<float> gradient = parameter.Gradient.Values;
        Keys keys = Sort(parameter.Rows);
        if (!gradient.IsEmpty)
            Each<Action<Index1D, TRule, View, int, View, View, View, Keys, int, View, int>>(
                UpdateKernels.Touched, _accelerator.LoadAutoGroupedStreamKernel)(
                gradient.Length, parameter.Rule, OnOrAbsent(loss), loss.Length, On(parameter.P.Values), OnOrAbsent(parameter.M),
                OnOrAbsent(parameter.V), keys, parameter.Rows.Count, On(gradient), parameter.P.Columns);
    }

    // The positions in ascending order of (row, position), in scratch that the next call overwrites.
    private Keys Sort(RowIds rows)
    {
        int count = SortKernels.ChunkKeys;
        while (count < rows.Count)
            count = checked(2 * count);
        if (_keys.Length < count)
        {
            _keys.Free();
            _keys = new GpuStorage<long>(this, count);
        }

        Keys keys = On(_keys.Slice(0, count));
        if (rows.Count == 0)
            return keys;
        Each<Action<Index1D, ArrayView<int>, Keys, int>>(SortKernels.MakeKeys, _accelerator.LoadAutoGroupedStreamKernel)(
            count, On(rows.Values), keys, rows.Count);
        SortChunks(keys, count, firstRun: 2, lastRun: SortKernels.ChunkKeys);
        for (int run = 2 * SortKernels.ChunkKeys; run <= count && run > 0; run *= 2)
        {
            for (int distance = run / 2; distance >= SortKernels.ChunkKeys; distance /= 2)
                Each<Action<Index1D, Keys, int, int>>(SortKernels.SortStep, _accelerator.LoadAutoGroupedStreamKernel)(
                    count / 2, keys, run, distance);
            SortChunks(keys, count, run, run);
        }

        return keys;
    }

    private void SortChunks(Keys keys, int count, int firstRun, int lastRun) =>
        _kernels.Find<Action<Keys, int, int>, Action<KernelConfig, Keys, int, int>>(
            SortKernels.SortChunk, _accelerator.LoadStreamKernel)(
            new KernelConfig(count / SortKernels.ChunkKeys, SortKernels.ChunkThreads), keys, firstRun, lastRun);
}
