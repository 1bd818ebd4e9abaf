// A phase prepared for training: the model, the optimiser, and the program of its rounds.

namespace ForecEngine.Recommenders.Experiments;

internal sealed class GradientFitting : IFitting
{
    private const string Best = "best.", Average = "average.";

    private readonly PhaseGround _ground;
    private readonly Phase _phase;
    private readonly GradientFit _fit;
    private readonly PlacedMarket _judged;
    private readonly IReadOnlyList<PlacedMarket> _markets;
    private readonly IRecommender _model;
    private readonly Optimiser _optimiser;
    private readonly PhaseTrainer _trainer;
    private readonly MarketAdaptation? _adaptation;

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
        (_judged, _markets) = (ground.JudgedIn(phase), ground.MarketsOf(phase));
        _model = MakeModel(earlier);
        _optimiser = fit.Optimiser.Create(ground.Device, _model.Parameters, fit);
        if (fit is MetaFit meta && ground.Support is { } support)
            _adaptation = new MarketAdaptation(ground.Device, _model, meta.Learner, support, meta.MetaLearning);

        // Phases that draw negatives once share them, unless a phase draws its own.
        int firstDraw = fit.Samples.RedrawNegatives || fit.DrawsOwnNegatives ? firstEpoch : 0;
        Program = MakeProgram(MakeStreams(firstDraw));
        _trainer = new PhaseTrainer(ground.Device, phase.Name, _model, _optimiser, Program, fit.Gradient, ground.Threads);
    }

    /// <summary>The program of the phase's rounds.</summary>
    public TrainingProgram Program { get; }

    public IFittedModel Model => _model;

    public Optimiser Optimiser => _optimiser;

    public Action<Action>? WhileAdapted => _adaptation is null ? null : _adaptation.While;

    public PhaseState State => _trainer.State;

    public PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop) =>
        _trainer.Train(validate, progress, from, checkpoints, stop);

    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split)
    {
        FoldInOptions options = new() { Seed = _ground.Experiment.Seed, Loss = _fit.Loss };
        TestRanking ranking = new(_ground.Device, Model, _judged, _ground.Experiment.History, options);
        return _adaptation is null ? ranking.Rank(ranker, lists, split) : _adaptation.Rank(ranking, ranker, lists, split);
    }

    public StageContent Save(PhaseState state) => new([.. Places(state).Select(place => place.ToTensor())], _optimiser.Steps);

    public void Restore(SafetensorsFile file, PhaseState state, int steps)
    {
        // Every value is read and checked before the first is written.
        (Slice<Real> To, Real[] Values)[] writes =
            [.. Places(state).Select(place => (place.Values, place.Read(file)))];
        foreach ((Slice<Real> to, Real[] values) in writes)
            to.Write(values);
        _optimiser.Steps = steps;
        if (state is { BestEpoch: { } epoch and > 0, BestScore: { } score })
            _trainer.Best?.Resume(epoch, score);
    }

    // All values that a stage stores, by tensor name.
    private IEnumerable<Place> Places(PhaseState state)
    {
        foreach (Parameter parameter in _model.Parameters.Where(parameter => !parameter.IsFrozen))
            yield return new(parameter.Name, parameter.Shape, parameter.Value.Values);
        foreach ((string name, Parameter parameter, Slice<Real> values) in _optimiser.State)
            yield return new(name, parameter.Shape, values);
        foreach ((Parameter parameter, Slice<Real> mean) in _trainer.Average?.Means ?? [])
            yield return new(Average + parameter.Name, parameter.Shape, mean);
        if (state.BestEpoch is > 0 && _trainer.Best is { } best)
        {
            foreach ((Parameter parameter, Slice<Real> copy) in best.Copies)
                yield return new(Best + parameter.Name, parameter.Shape, copy);
        }
    }

    private IRecommender MakeModel(IReadOnlyDictionary<string, IFittedModel> earlier)
    {
        ModelSettings settings = _fit.Model;
        ModelShape shape = new(_ground.Tables.Users, _ground.Tables.Items, settings.Dimension, settings.Layers)
        {
            Markets = _ground.Tables.Markets,
            FirstUsers = [.. _ground.Markets.Select(placed => placed.UserRows[0])],
            Target = ModelCatalog.Find(_phase.Model).SetsTargetApart ? _ground.Target.Index : -1,
            Ddtcdr = settings.Ddtcdr ?? new(),
            DropoutSeed = _ground.Experiment.Seed,
            Dropout = settings.Dropout,
        };
        string purpose = $"{_phase.Name}/{string.Join(',', _markets.Select(m => m.Market.Name))}";
        return _fit.Initialiser.Make(
            new ModelRequest(_ground.Device, _phase.Model, shape, settings.StandardDeviation, _ground.Experiment.Seed, purpose), earlier);
    }

    private TrainingProgram MakeProgram(IReadOnlyList<SampleStream> streams) => _fit is MetaFit meta
        ? new MetaProgram(_ground.Device, _model, meta.Learner, _optimiser, streams, meta.MetaLearning.InnerLearningRate)
        {
            Schedule = _fit.Gradient.RateSchedule,
            Epochs = _fit.Epochs,
        }
        : new TurnProgram(
            _ground.Device, new LossGradient(_ground.Device, _model, _fit.Loss, _ground.Experiment.Seed), _optimiser, streams)
        {
            Schedule = _fit.Gradient.RateSchedule,
            Epochs = _fit.Epochs,
        };

    // One stream per market, or one over all markets. The tasks of a meta-learner are always single markets.
    private SampleStream[] MakeStreams(int firstEpoch)
    {
        IEnumerable<IReadOnlyList<PlacedMarket>> groups = _fit.Samples.Sampling == Sampling.Concat && _fit is not MetaFit
            ? [_markets] : _markets.Select(market => (PlacedMarket[])[market]);
        return [.. groups.Select(group => new SampleStream(
            _ground.Device, group, _fit.Samples, _ground.Experiment.Seed, _phase.Name, firstEpoch, _fit.Loss.NeedsGroups()))];
    }

    private readonly record struct Place(string Name, IReadOnlyList<int> Shape, Slice<Real> Values)
    {
        public SafeTensor ToTensor() => SafeTensor.Of(Name, Values, [.. Shape]);

        public Real[] Read(SafetensorsFile file)
        {
            SafeTensor tensor = file.Find(Name, [.. Shape]);
            SafeDtype needed = ToTensor().Dtype;
            if (tensor.Dtype != needed)
                throw new CheckpointException(file.Path, $"tensor '{Name}' is {tensor.Dtype}; expects {needed}");
            Real[] values = new Real[tensor.Count];
            tensor.CopyTo(values);
            return values;
        }
    }
}
