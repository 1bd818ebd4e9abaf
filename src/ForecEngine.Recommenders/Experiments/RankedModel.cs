// A fitted model with everything that its ranking needs: the market that it is for, the settings of fold-in and, after meta-learning, its
// adaptation to the market.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Ranks with the model of a phase, or with the mean of several trainings of the phase.</summary>
internal sealed class RankedModel
{
    private readonly PhaseGround _ground;
    private readonly PlacedMarket _judged;
    private readonly FoldInOptions _foldIn;
    private readonly MarketAdaptation? _adaptation;

    /// <summary>Prepares to rank.</summary>
    /// <param name="ground">The data and settings of the experiment.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="models">Its model; of several trainings of the phase, the model of each.</param>
    public RankedModel(PhaseGround ground, Phase phase, params IReadOnlyList<IFittedModel> models)
    {
        (_ground, _judged, Model) = (ground, ground.JudgedIn(phase), Ensemble.Of(models));
        _foldIn = new() { Seed = ground.Experiment.Seed, Loss = phase.Fit.FoldInLoss };
        if (phase.Fit is MetaFit meta && ground.Support is { } support)
        {
            _adaptation = new MarketAdaptation(
                ground.Device, [.. models.Cast<IRecommender>()], meta.Learner, support, meta.MetaLearning);
        }
    }

    /// <summary>The model.</summary>
    public IFittedModel Model { get; }

    /// <summary>Runs an action while the model is adapted to its market; null if it does not adapt.</summary>
    public Action<Action>? WhileAdapted => _adaptation is null ? null : _adaptation.While;

    /// <summary>Ranks candidates of the phase's market with the fitted and, if it adapts, adapted model.</summary>
    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split)
    {
        TestRanking ranking = new(_ground.Device, Model, _judged, _ground.Experiment.History, _foldIn);
        return _adaptation is null ? ranking.Rank(ranker, lists, split) : _adaptation.Rank(ranking, ranker, lists, split);
    }
}
