// A phase made ready to train: its model, its optimiser, its round and its streams of minibatches.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>What every phase of an experiment works on.</summary>
/// <param name="Device">What computes.</param>
/// <param name="Experiment">The record.</param>
/// <param name="Tables">Whose the rows of the tables are.</param>
/// <param name="Markets">The markets, in the order of their names.</param>
/// <param name="Target">The one that is recommended to.</param>
/// <param name="Step">What turns minibatches into gradients.</param>
/// <param name="Support">What a meta-learned model adapts to before it is scored; null where the plan has none.</param>
internal sealed record PhaseGround(
    IDevice Device, Experiment Experiment, TableIds Tables, IReadOnlyList<PlacedMarket> Markets, PlacedMarket Target, StepChoice Step, SupportSet? Support);

/// <summary>A phase ready to train.</summary>
internal sealed class PhaseSetup
{
    private readonly PhaseGround _ground;
    private readonly Phase _phase;
    private readonly GradientFit _fit;
    private readonly IReadOnlyList<PlacedMarket> _markets;
    private readonly MarketAdaptation? _adaptation;
    private readonly DualStep? _dual;

    /// <summary>Makes a phase ready.</summary>
    /// <param name="ground">What it works on.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="earlier">The models of the phases before it, by <see cref="Phase.Key"/>.</param>
    /// <param name="firstEpoch">How many epochs those had.</param>
    public PhaseSetup(PhaseGround ground, Phase phase, IReadOnlyDictionary<string, IRecommender> earlier, int firstEpoch)
    {
        GradientFit fit = (GradientFit)phase.Fit;
        (_ground, _phase, _fit) = (ground, phase, fit);
        Judged = phase.Market is { } alone ? ground.Markets.Single(placed => placed.Market.Name == alone) : ground.Target;
        _markets = phase.Scope == Scope.All ? ground.Markets : [Judged];
        Model = MakeModel(earlier);
        Optimiser = fit.Optimiser.Create(ground.Device, Model.Parameters, fit);
        _dual = Model is Ddtcdr ddtcdr ? new DualStep(ground.Device, ddtcdr, ground.Experiment.Seed) : null;
        if (fit is MetaFit meta && ground.Support is { } support)
            _adaptation = new MarketAdaptation(ground.Device, Model, Step(), meta.Learner, support, meta.MetaLearning);

        // Negatives drawn once are every phase's that does not draw its own.
        int firstDraw = fit.Samples.RedrawNegatives || fit.DrawsOwnNegatives ? firstEpoch : 0;
        Trainer = new PhaseTrainer(
            phase.Name, Model, Optimiser, MakeRound(), MakeStreams(firstDraw), fit.Gradient, ground.Device.Threads);
    }

    /// <summary>The market that its model is for: the target, but where each market has a model.</summary>
    public PlacedMarket Judged { get; }

    /// <summary>The model, as it begins and then as it is trained.</summary>
    public IRecommender Model { get; }

    /// <summary>What moves its parameters.</summary>
    public IOptimiser Optimiser { get; }

    /// <summary>What trains it.</summary>
    public PhaseTrainer Trainer { get; }

    /// <summary>Does something while the model is adapted to <see cref="Judged"/>; null where it does not adapt.</summary>
    public Action<Action>? WhileAdapted => _adaptation is null ? null : _adaptation.While;

    /// <summary>Goes on after so many rounds: what is drawn a step is drawn as if they had been made here.</summary>
    public void Resume(long rounds)
    {
        if (_dual is not null)
            _dual.Steps = checked((int)(rounds * _markets.Count));
    }

    /// <summary>Ranks candidates of <see cref="Judged"/>, adapted to it first where the phase is one of meta-learning.</summary>
    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split) => _adaptation is null
        ? ranker.Rank(Model, Judged, lists)
        : _adaptation.Rank(ranker, Judged, lists, split);

    private IStep Step() => _dual ?? _ground.Step.Create(_ground.Device, Model, _fit.Loss);

    private IRecommender MakeModel(IReadOnlyDictionary<string, IRecommender> earlier)
    {
        ModelSettings settings = _phase.Settings;
        ModelShape shape = new(_ground.Tables.Users, _ground.Tables.Items, settings.Dimension, settings.Layers)
        {
            Markets = _ground.Tables.Markets,
            FirstUsers = [.. _ground.Markets.Select(placed => placed.UserRows[0])],
            Target = _ground.Target.Index,
            Ddtcdr = settings.Ddtcdr ?? new(),
            DropoutSeed = _ground.Experiment.Seed,
        };
        string purpose = $"{_phase.Name}/{string.Join(',', _markets.Select(m => m.Market.Name))}";
        return _phase.Initialiser.Make(
            new ModelRequest(_ground.Device, _phase.Model, shape, settings.StandardDeviation, _ground.Experiment.Seed, purpose), earlier);
    }

    private IRound MakeRound() => _fit is MetaFit meta
        ? new MetaRound(_ground.Device, Model, Step(), meta.Learner, Optimiser, meta.MetaLearning)
        : new TurnRound(_ground.Device, Step(), Optimiser, _fit.Samples.BatchSize);

    // A stream a market, or one over all of them; a meta-learner's tasks are markets in any case.
    private SampleStream[] MakeStreams(int firstEpoch)
    {
        IEnumerable<IReadOnlyList<PlacedMarket>> groups = _fit.Samples.Sampling == Sampling.Concat && _fit is not MetaFit
            ? [_markets] : _markets.Select(market => (PlacedMarket[])[market]);
        return [.. groups.Select(group => new SampleStream(group, _fit.Samples, _ground.Experiment.Seed, _phase.Name, firstEpoch))];
    }
}
