// A phase prepared for training: the model, the optimiser, and the program of its rounds.

namespace ForecEngine.Recommenders.Experiments;

internal sealed class GradientFitting : IFitting
{
    private readonly PhaseGround _ground;
    private readonly Phase _phase;
    private readonly GradientFit _fit;
    private readonly IReadOnlyList<PlacedMarket> _markets;
    private readonly IRecommender _model;
    private readonly Optimiser _optimiser;
    private readonly PhaseTrainer _trainer;
    private readonly TrainedTensors _tensors;
    private readonly RankedModel _ranked;

    /// <summary>Prepares a phase.</summary>
    /// <param name="ground">The data and settings of the experiment.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="fit">How it is trained.</param>
    /// <param name="earlier">The models of the phases before it, by <see cref="Phase.Key"/>.</param>
    /// <param name="firstEpoch">The number of epochs of the earlier phases.</param>
    public GradientFitting(
        PhaseGround ground, Phase phase, GradientFit fit, IReadOnlyDictionary<string, IFittedModel> earlier, int firstEpoch)
    {
        (_ground, _phase, _fit) = (ground, phase, fit);
        _markets = ground.MarketsOf(phase);
        _model = MakeModel(earlier);
        _optimiser = fit.Optimiser.Create(ground.Device, _model.Parameters, fit);
        _ranked = new RankedModel(ground, phase, _model);

        // Phases that draw negatives once share them, unless a phase draws its own.
        int firstDraw = fit.Samples.RedrawNegatives || fit.DrawsOwnNegatives ? firstEpoch : 0;
        Program = MakeProgram(MakeStreams(firstDraw));
        _trainer = new PhaseTrainer(ground.Device, phase.Name, _model.Parameters, _optimiser, Program, fit.Gradient, ground.Threads);
        _tensors = new TrainedTensors(_model.Parameters, _optimiser, _trainer);
    }

    /// <summary>The program of the phase's rounds.</summary>
    public TrainingProgram Program { get; }

    public IFittedModel Model => _model;

    public Optimiser Optimiser => _optimiser;

    public Action<Action>? WhileAdapted => _ranked.WhileAdapted;

    public PhaseState State => _trainer.State;

    public PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop) =>
        _trainer.Train(validate, progress, from, checkpoints, stop);

    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split) => _ranked.Rank(ranker, lists, split);

    public StageContent Save(PhaseState state) => _tensors.Save(state);

    public void Restore(SafetensorsFile file, PhaseState state, int steps) => _tensors.Restore(file, state, steps);

    private IRecommender MakeModel(IReadOnlyDictionary<string, IFittedModel> earlier)
    {
        ModelSettings settings = _fit.Model;
        ModelShape shape = new(_ground.Tables.Users, _ground.Tables.Items, settings.Dimension, settings.Layers)
        {
            Markets = _ground.Tables.Markets,
            FirstUsers = [.. _ground.Markets.Select(placed => placed.UserRows[0])],
            Target = ModelCatalog.Find(_phase.Model).SetsTargetApart ? _ground.Target.Index : -1,
            Ddtcdr = settings.Ddtcdr ?? new(),
            DropoutSeed = _ground.Seed,
            Dropout = settings.Dropout,
        };
        string purpose = $"{_phase.Name}/{string.Join(',', _markets.Select(m => m.Market.Name))}";
        return _fit.Initialiser.Make(
            new ModelRequest(_ground.Device, _phase.Model, shape, settings.StandardDeviation, _ground.Seed, purpose), earlier);
    }

    private TrainingProgram MakeProgram(IReadOnlyList<SampleStream> streams) => _fit is MetaFit meta
        ? new MetaProgram(_ground.Device, _model, meta.Learner, _optimiser, streams, meta.MetaLearning.InnerLearningRate)
        {
            Schedule = _fit.Gradient.RateSchedule,
            Epochs = _fit.Epochs,
        }
        : new TurnProgram(
            _ground.Device, MakeGradient(), _optimiser, streams)
        {
            Schedule = _fit.Gradient.RateSchedule,
            Epochs = _fit.Epochs,
        };

    private LossGradient MakeGradient() => new(_ground.Device, _model, _fit.Loss, _ground.Seed)
    {
        Items = _fit.Loss == RatingLoss.Softmax ? new MarketItems(_ground.Device, _markets) : null,
    };

    // One stream per market, or one over all markets. The tasks of a meta-learner are always single markets.
    private SampleStream[] MakeStreams(int firstEpoch)
    {
        IEnumerable<IReadOnlyList<PlacedMarket>> groups = _fit.Samples.Sampling == Sampling.Concat && _fit is not MetaFit
            ? [_markets] : _markets.Select(market => (PlacedMarket[])[market]);
        return [.. groups.Select(group => new SampleStream(
            _ground.Device, group, _fit.Samples, _ground.Seed, _phase.Name, firstEpoch, _fit.Loss.NeedsGroups(),
            positivesAlone: _fit.Loss == RatingLoss.Softmax))];
    }
}
