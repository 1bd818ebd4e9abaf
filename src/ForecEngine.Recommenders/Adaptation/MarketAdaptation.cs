// Adapts meta-learned models to a market before they are scored, by one inner step on the market's support set, and restores them
// afterwards.

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Adapts a model, or each member of an ensemble, to a market while it ranks.</summary>
/// <param name="device">The device that computes.</param>
/// <param name="models">The model, or the members.</param>
/// <param name="learner">The meta-learner, which selects the parameters that the inner step moves.</param>
/// <param name="support">The market's support set.</param>
/// <param name="settings">The settings of the inner step.</param>
internal sealed class MarketAdaptation(
    IDevice device, IReadOnlyList<IRecommender> models, MetaLearner learner, SupportSet support, MetaLearningSettings settings)
{
    private readonly Minibatch _batch = support.ToMinibatch(device);
    private readonly Slice<Real> _loss = device.Allocate<Real>(1).Slice();
    private readonly (LossGradient Gradient, InnerStep Inner)[] _steps =
    [
        .. models.Select(model => (
            new LossGradient(device, model), new InnerStep(device, model, learner.AdaptedOf(model), settings.InnerLearningRate))),
    ];

    /// <summary>Ranks with the adapted model, then restores the model bit for bit.</summary>
    /// <param name="ranking">Ranks with the model.</param>
    /// <param name="ranker">The ranker.</param>
    /// <param name="lists">The candidates; for validation, the lists of users in a held-out support set are left out.</param>
    /// <param name="split">The split that the candidates belong to.</param>
    public RankedLists Rank(TestRanking ranking, Ranker ranker, IReadOnlyList<CandidateList> lists, Split split)
    {
        RankedLists? ranked = null;
        While(() => ranked = ranking.Rank(ranker, split == Split.Valid ? support.Unseen(lists) : lists, split));
        return ranked ?? throw new InvalidOperationException("nothing was ranked");
    }

    /// <summary>Runs an action with the adapted model, then restores the model bit for bit.</summary>
    public void While(Action action)
    {
        Keep();
        try
        {
            action();
        }
        finally
        {
            foreach ((_, InnerStep inner) in _steps)
                inner.Undo();
        }
    }

    /// <summary>Adapts the model permanently.</summary>
    public void Keep()
    {
        foreach ((LossGradient gradient, InnerStep inner) in _steps)
        {
            gradient.Add(_batch, 1, _loss);
            inner.Move();
        }
    }
}
