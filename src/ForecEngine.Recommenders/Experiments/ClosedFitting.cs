// A phase that is fitted without epochs (a closed-form fit).

using System.Diagnostics;

namespace ForecEngine.Recommenders.Experiments;

internal sealed class ClosedFitting(
    PhaseGround ground, Phase phase, ClosedFit fit, IReadOnlyDictionary<string, IFittedModel> earlier) : IFitting
{
    private readonly PlacedMarket _judged = ground.JudgedIn(phase);
    private IFittedModel? _model;

    public IFittedModel Model => _model ?? throw new InvalidOperationException($"{phase.Name} is not fitted yet");

    public Optimiser? Optimiser => null;

    public Action<Action>? WhileAdapted => null;

    public PhaseState State { get; private set; } = PhaseState.Beginning;

    public PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<PlacedMarket> markets = ground.MarketsOf(phase);
        _model = fit.Make(new FitInput(markets, _judged, ground.Tables, ground.Device, ground.Threads, ground.Seed)
        {
            Earlier = new Dictionary<string, IFittedModel>(earlier),
        });
        long rows = markets.Sum(placed => (long)placed.Market.TrainUsers.Length);
        State = PhaseState.Beginning with { Samples = rows, Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
        progress?.Invoke(new TrainingProgress(phase.Name, Epoch: 1, Epochs: 1, EpochFraction: 1, rows, State.Seconds, Loss: double.NaN));
        return PhaseTrainer.Result(phase.Name, State);
    }

    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split) =>
        new RankedModel(ground, phase, Model).Rank(ranker, lists, split);

    public StageContent Save(PhaseState state) => new([.. Model.Tensors], Steps: 0);

    public void Restore(SafetensorsFile file, PhaseState state, int steps)
    {
        ModelEntry entry = ModelCatalog.Find(phase.Model);
        _model = entry.Recognise(file) is { } shape
            ? entry.Load(ground.Device, file, shape)
            : throw new CheckpointException(file.Path, $"holds no {phase.Model}");
    }
}
