// The interface of a phase in training, used by the runner and the stage store for every kind of fit.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The data and settings that all phases of an experiment use.</summary>
/// <param name="Device">The device.</param>
/// <param name="Experiment">The record.</param>
/// <param name="Tables">The ids of the tables' rows.</param>
/// <param name="Markets">The markets, in the order of their names.</param>
/// <param name="Target">The one that is recommended to.</param>
/// <param name="Threads">How many threads of the host draw samples.</param>
/// <param name="Support">What a meta-learned model adapts to before it is scored; null where the plan has none.</param>
internal sealed record PhaseGround(
    IDevice Device, Experiment Experiment, TableIds Tables, IReadOnlyList<PlacedMarket> Markets, PlacedMarket Target, int Threads,
    SupportSet? Support)
{
    /// <summary>The market that a phase's model is for: the target, but where each market has a model.</summary>
    public PlacedMarket JudgedIn(Phase phase) =>
        phase.Market is { } alone ? Markets.Single(placed => placed.Market.Name == alone) : Target;

    /// <summary>The markets that a phase is fitted to.</summary>
    public IReadOnlyList<PlacedMarket> MarketsOf(Phase phase) => phase.Scope == Scope.All ? Markets : [JudgedIn(phase)];
}

internal interface IFitting
{
    /// <summary>The model: as it begins, then as it is fitted.</summary>
    IFittedModel Model { get; }

    /// <summary>What moves its parameters; null where nothing does.</summary>
    Optimiser? Optimiser { get; }

    /// <summary>Does something while the model is adapted to its market; null where it does not adapt.</summary>
    Action<Action>? WhileAdapted { get; }

    /// <summary>Where the phase stood when it was last fitted to its end.</summary>
    PhaseState State { get; }

    /// <summary>Fits the model.</summary>
    /// <inheritdoc cref="PhaseTrainer.Train"/>
    PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop);

    /// <summary>Ranks candidates of the phase's market, as the model is scored in the end.</summary>
    RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split);

    /// <summary>All that going on from a state takes, besides the state.</summary>
    StageContent Save(PhaseState state);

    /// <summary>Overwrites the phase with what was saved; where a tensor is missing or does not fit, it is left as it was.</summary>
    void Restore(SafetensorsFile file, PhaseState state, int steps);
}

internal sealed record StageContent(IReadOnlyList<SafeTensor> Tensors, int Steps);
