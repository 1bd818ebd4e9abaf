// A phase while it is fitted: the interface that the runner and the stage store use for every kind of fit.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The data and settings that all phases of an experiment use.</summary>
/// <param name="Device">The device.</param>
/// <param name="Experiment">The record.</param>
/// <param name="Tables">The ids of the tables' rows.</param>
/// <param name="Markets">The markets, in the order of their names.</param>
/// <param name="Target">The market that is recommended to.</param>
/// <param name="Threads">The number of host threads that draw samples.</param>
/// <param name="Support">The support set that a meta-learned model adapts to before it is scored; null if the plan has no such
/// model.</param>
internal sealed record PhaseGround(
    IDevice Device, Experiment Experiment, TableIds Tables, IReadOnlyList<PlacedMarket> Markets, PlacedMarket Target, int Threads,
    SupportSet? Support)
{
    /// <summary>
    /// The seed of the draws of training: the experiment's, or one of its own for each further member of an ensemble
    /// (<see cref="Experiment.SeedOf"/>). Candidates and support sets are always drawn by the experiment's.
    /// </summary>
    public ulong Seed { get; init; } = Experiment.Seed;

    /// <summary>The market that a phase's model is for: the target, or the phase's own market if each market has a model.</summary>
    public PlacedMarket JudgedIn(Phase phase) =>
        phase.Market is { } alone ? Markets.Single(placed => placed.Market.Name == alone) : Target;

    /// <summary>The markets that a phase is fitted to.</summary>
    public IReadOnlyList<PlacedMarket> MarketsOf(Phase phase) => phase.Scope == Scope.All ? Markets : [JudgedIn(phase)];
}

internal interface IFitting
{
    /// <summary>The model: initial at first, fitted after <see cref="Fit"/>.</summary>
    IFittedModel Model { get; }

    /// <summary>The optimiser; null if the fit has no optimiser.</summary>
    Optimiser? Optimiser { get; }

    /// <summary>Runs an action while the model is adapted to its market; null if it does not adapt.</summary>
    Action<Action>? WhileAdapted { get; }

    /// <summary>The state at the end of the last fit.</summary>
    PhaseState State { get; }

    /// <summary>Fits the model.</summary>
    /// <inheritdoc cref="PhaseTrainer.Train"/>
    PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop);

    /// <summary>Ranks candidates of the phase's market with the fitted and, if it adapts, adapted model.</summary>
    RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split);

    /// <summary>The tensors that are needed to resume, besides the state.</summary>
    StageContent Save(PhaseState state);

    /// <summary>Restores the phase from saved tensors. If one is missing or does not fit, the phase is unchanged.</summary>
    void Restore(SafetensorsFile file, PhaseState state, int steps);
}

internal sealed record StageContent(IReadOnlyList<SafeTensor> Tensors, int Steps);
