// The rounds of an item bag: a minibatch of one market and a step of the optimiser. The softmax is over all items of the market.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Training;

internal sealed class ItemBagProgram : TrainingProgram
{
    private readonly IDevice _device;
    private readonly ItemBag _model;
    private readonly ItemBagSamples _samples;
    private readonly Tape _tape;
    private readonly RowIds[] _items;
    private readonly RowIds[] _biases;
    private readonly RoundResult[] _result = new RoundResult[1];
    private readonly Real[] _loss = new Real[1];
    private readonly DeviceArray<int> _rows;
    private readonly DeviceArray<int> _lastRows;
    private readonly DeviceArray<int> _starts;
    private readonly DeviceArray<int> _lastStarts;
    private readonly DeviceArray<int> _targets;
    private readonly DeviceArray<Real> _weights;
    private readonly DeviceArray<Real> _ones;

    public ItemBagProgram(IDevice device, ItemBag model, Optimiser optimiser, ItemBagSamples samples)
        : base(optimiser)
    {
        (_device, _model, _samples, _tape) = (device, model, samples, new Tape(device));
        _items = [.. samples.Items.Select(items => Ids(items))];
        _biases = [.. samples.Items.Zip(samples.Markets, (items, market) => Ids([.. items.Select(row => (market * model.Items) + row)]))];

        (_rows, _lastRows, _starts, _lastStarts, _targets) = (new(device), new(device), new(device), new(device), new(device));
        (_weights, _ones) = (new(device), new(device));

        RowIds Ids(int[] rows) => RowIds.WriteDistinct(device.Allocate<int>(rows.Length).Slice(), rows);
    }

    public override int RoundsAtOnce => 1;

    public override int Rounds => _samples.Batches;

    public override void Begin(int epoch, long roundsBefore, ParallelOptions together)
    {
        RoundsBefore = roundsBefore;
        _samples.Begin(epoch);
    }

    public override ReadOnlySpan<RoundResult> Run(int first, int count)
    {
        using OpenSpan span = TraceSpan.OfPeriod(TraceSpan.Steps);
        SetRate(first);
        int market = _samples.Make(first);
        using (TraceSpan.OfStage("gradient"))
            Differentiate(market);
        _result[0] = new RoundResult(_loss[0], _samples.Targets.Count);
        return _result;
    }

    private void Differentiate(int market)
    {
        _tape.Reset();
        Slice<Real> weights = _weights.Part(_samples.Weights.Count);
        weights.Write(CollectionsMarshal.AsSpan(_samples.Weights));
        Tensor vectors = Sum(_model.In, _rows, _samples.Rows, _starts, _samples.Starts, weights);
        if (_samples.LastRows.Count > 0)
        {
            Slice<Real> ones = _ones.Part(_samples.LastRows.Count);
            _device.Fill(ones, 1);
            vectors = _tape.Add(vectors, Sum(_model.Last, _lastRows, _samples.LastRows, _lastStarts, _samples.LastStarts, ones));
        }

        RowIds targets = RowIds.Write(_targets.Part(_samples.Targets.Count), CollectionsMarshal.AsSpan(_samples.Targets));
        Tensor loss = _tape.Mean(_tape.SoftmaxLoss(vectors, _model.Out, _items[market], _model.Bias, _biases[market], targets));
        _tape.Backward(loss);
        using (TraceSpan.OfStage("optimiser"))
            Optimiser.Update(loss.Value.Values);
        loss.Value.Values.Read(_loss);
    }

    private Tensor Sum(
        EmbeddingTable table, DeviceArray<int> rowMemory, List<int> rows, DeviceArray<int> startMemory, List<int> starts,
        Slice<Real> weights)
    {
        RowIds ids = RowIds.Write(rowMemory.Part(rows.Count), CollectionsMarshal.AsSpan(rows));
        Segments segments = Segments.Write(startMemory.Part(starts.Count), CollectionsMarshal.AsSpan(starts));
        return _tape.SegmentSum(_tape.Lookup(table, ids), weights, segments);
    }
}
