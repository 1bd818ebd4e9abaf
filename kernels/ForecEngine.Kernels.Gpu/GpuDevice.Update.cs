// The update of parameters, in one launch for up to four tables and all small dense parameters (UpdateKernels). It adds the sums of
// gradients that a fused step has left (PendingGradients), so that a training step is two launches. Every other operation sees gradients
// as the interface promises: it finishes them first.

using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    private const int TablesAtOnce = 4;

    private PendingGradients? _pending;

    /// <inheritdoc/>
    public void Update<TRule>(Slice<float> losses, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            parameter.Check();
        PendingGradients? pending = _pending is { } left && left.IsWholly(parameters, losses) ? left : null;
        if (pending is null)
            FinishGradients();
        _pending = null;
        if (parameters.IsEmpty)
            return;

        StepLosses step = new()
        {
            Values = ViewOrAbsent(pending?.Losses ?? losses),
            Count = pending?.Losses.Length ?? losses.Length,
            Cell = ViewOrAbsent(pending?.Loss ?? default),
            IsSummed = pending is { Loss.IsEmpty: false } ? 1 : 0,
        };
        TRule denseRule = CollectDense(parameters, pending);
        DenseUpdate dense = _denseParts.End();
        if (pending is not null)
            (dense.Sums, dense.SumCount, dense.SumStride) = (ViewOf(pending.Sums), pending.SumCount, pending.SumStride);
        else
            dense.Sums = ViewOrAbsent(default(Slice<float>));
        bool isFirst = true;
        int sorted = 0;
        for (int next = 0; next < parameters.Length || isFirst; isFirst = false)
        {
            TableUpdate a = default, b = default, c = default, d = default;
            TRule tableRule = default;
            int count = 0, end = 0;
            for (; next < parameters.Length && count < TablesAtOnce; next++)
            {
                ref readonly ParameterUpdate<TRule> parameter = ref parameters[next];
                if (_denseParts.Has(parameter.P.Values) || parameter.P.Values.IsEmpty)
                    continue;
                if (count > 0 && !AreEqual(tableRule, parameter.Rule))
                    break;
                tableRule = parameter.Rule;
                TableUpdate table = TableOf(parameter, pending, ref sorted);
                end += Groups(table.Elements, UpdateKernels.Threads);
                table.End = end;
                (a, b, c, d) = count switch { 0 => (table, b, c, d), 1 => (a, table, c, d), 2 => (a, b, table, d), _ => (a, b, c, table) };
                count++;
            }

            // Tables that are absent have no groups.
            a = count > 0 ? a : Absent(0);
            b = count > 1 ? b : Absent(end);
            c = count > 2 ? c : Absent(end);
            d = count > 3 ? d : Absent(end);
            int groups = end + (isFirst ? dense.Groups + step.IsSummed : 0);
            if (groups > 0)
            {
                UpdateKernel<TRule>()(
                    new KernelConfig(groups, UpdateKernels.Threads), a, b, c, d, dense, step, tableRule, denseRule);
            }

            dense.Groups = isFirst ? 0 : dense.Groups;
        }
    }

    /// <inheritdoc/>
    public void Prepare<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        CollectDense(parameters, pending: null);
        List<Slice<float>> gradients = [];
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (_denseParts.Has(parameter.P.Values))
                gradients.Add(parameter.Gradient.Values);
        }

        _denseParts.Prepare(gradients);
        UpdateKernel<TRule>();
    }

    /// <inheritdoc/>
    public void SortRows(in MinibatchRows rows, Slice<long> keys)
    {
        rows.Check(keys);
        if (!keys.IsEmpty)
            Sort(rows, On(rows.Rows), On(keys));
    }

    /// <summary>Leaves sums of gradients for the update. Any other operation finishes them first.</summary>
    internal void Leave(PendingGradients pending) => _pending = pending;

    /// <summary>Adds the sums that a fused step has left to the gradients.</summary>
    internal void FinishGradients()
    {
        if (_pending is not { } pending)
            return;
        _pending = null;
        foreach ((Slice<float> gradient, int offset) in pending.Dense)
        {
            Each<Action<Index1D, View, View, int, int, int>>(UpdateKernels.AddSums)(
                gradient.Length, ViewOf(gradient), ViewOf(pending.Sums), offset, pending.SumCount, pending.SumStride);
        }

        if (!pending.Loss.IsEmpty)
        {
            Fill(pending.Loss, 0);
            Each<Action<Index1D, View, View, int, int, int>>(UpdateKernels.AddSums)(
                1, ViewOf(pending.Loss), ViewOf(pending.Losses), 0, pending.Losses.Length, 1);
        }

        pending.CopyRows(this);
    }

    private Action<KernelConfig, TableUpdate, TableUpdate, TableUpdate, TableUpdate, DenseUpdate, StepLosses, TRule, TRule>
        UpdateKernel<TRule>()
        where TRule : unmanaged, IUpdateRule =>
        _kernels.Find<
            Action<TableUpdate, TableUpdate, TableUpdate, TableUpdate, DenseUpdate, StepLosses, TRule, TRule>,
            Action<KernelConfig, TableUpdate, TableUpdate, TableUpdate, TableUpdate, DenseUpdate, StepLosses, TRule, TRule>>(
            UpdateKernels.Update);

    // Collects the small dense parameters and returns their rule.
    private TRule CollectDense<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters, PendingGradients? pending)
        where TRule : unmanaged, IUpdateRule
    {
        TRule rule = default;
        _denseParts.Begin();
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (!IsDensePart(parameter, rule))
                continue;
            rule = parameter.Rule;
            _denseParts.Add(parameter, pending?.OffsetOf(parameter.Gradient.Values) ?? -1);
        }

        return rule;
    }

    private static bool AreEqual<TRule>(in TRule one, in TRule other)
        where TRule : unmanaged => Bytes(one).SequenceEqual(Bytes(other));

    private static ReadOnlySpan<byte> Bytes<TRule>(in TRule rule)
        where TRule : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<TRule>(in rule));

    private static int Groups(int elements, int threads) => checked((int)(((long)elements + threads - 1) / threads));

    // Dense parameters of one launch share a rule.
    private bool IsDensePart<TRule>(in ParameterUpdate<TRule> parameter, in TRule rule)
        where TRule : unmanaged, IUpdateRule =>
        parameter.IsWhole && !parameter.P.Values.IsEmpty && (_denseParts.IsEmpty || AreEqual(rule, parameter.Rule))
        && _denseParts.Fits(parameter.P.Values, parameter.M, parameter.V, parameter.Gradient.Values);

    private TableUpdate TableOf<TRule>(in ParameterUpdate<TRule> parameter, PendingGradients? pending, ref int sorted)
        where TRule : unmanaged, IUpdateRule
    {
        TableUpdate table = new()
        {
            P = ViewOf(parameter.P.Values),
            M = ViewOrAbsent(parameter.M),
            V = ViewOrAbsent(parameter.V),
            Gradient = ViewOrAbsent(parameter.Gradient.Values),
            Keys = ViewOrAbsent(default(Slice<long>)),
            Columns = parameter.P.Columns,
            Elements = parameter.P.Values.Length,
            Moves = parameter.IsWhole ? TableMoves.Whole : parameter.TouchedOnly ? TableMoves.TouchedRows : TableMoves.EveryRow,
        };
        if (parameter.IsWhole)
            return table;
        if (pending?.KeysOf(parameter.Gradient.Values) is { } keys)
        {
            (table.Keys, table.BlockLength) = (ViewOf(keys.Keys), keys.BlockLength);
            table.Blocks = keys.Keys.Length / keys.BlockLength;
        }
        else if (parameter.Rows.Count > 0)
        {
            int count = parameter.Rows.Count;
            if (_keys.Count == sorted)
                _keys.Add(new GpuStorage<long>(this, 0));
            table.BlockLength = MinibatchRows.BlockLength(count);
            if (_keys[sorted].Length < table.BlockLength)
            {
                _keys[sorted].Free();
                _keys[sorted] = new GpuStorage<long>(this, table.BlockLength);
            }

            table.Keys = ViewOf(_keys[sorted++].Slice(0, table.BlockLength));
            Sort(new MinibatchRows(parameter.Rows.Values, 0, 1, count, count), ViewOf(parameter.Rows.Values), table.Keys);
            table.Blocks = 1;
        }

        if (parameter.TouchedOnly)
            table.Elements = checked(table.Blocks * table.BlockLength * table.Columns);
        return table;
    }

    private TableUpdate Absent(int end) => new()
    {
        P = ViewOrAbsent(default(Slice<float>)),
        M = ViewOrAbsent(default(Slice<float>)),
        V = ViewOrAbsent(default(Slice<float>)),
        Gradient = ViewOrAbsent(default(Slice<float>)),
        Keys = ViewOrAbsent(default(Slice<long>)),
        Columns = 1,
        BlockLength = 1,
        End = end,
    };

    private void Sort(in MinibatchRows rows, ArrayView<int> view, ArrayView<long> keys)
    {
        int block = MinibatchRows.BlockLength(rows.BatchSize), count = rows.Count * block;
        SortedMinibatches minibatches = new(rows, System.Numerics.BitOperations.Log2((uint)block));
        KernelConfig chunks = new(Groups(count, SortKernels.ChunkKeys), SortKernels.ChunkThreads);
        _kernels.Find<
            Action<ArrayView<int>, SortedMinibatches, ArrayView<long>, int, int>,
            Action<KernelConfig, ArrayView<int>, SortedMinibatches, ArrayView<long>, int, int>>(
            SortKernels.SortRows)(chunks, view, minibatches, keys, count, block);
        for (int run = 2 * SortKernels.ChunkKeys; run <= block && run > 0; run *= 2)
        {
            for (int distance = run / 2; distance >= SortKernels.ChunkKeys; distance /= 2)
                Each<Action<Index1D, ArrayView<long>, int, int, int>>(SortKernels.SortStep)(
                    count / 2, keys, run, distance, block);
            _kernels.Find<Action<ArrayView<long>, int, int>, Action<KernelConfig, ArrayView<long>, int, int>>(
                SortKernels.MergeChunk)(chunks, keys, run, block);
        }
    }
}
