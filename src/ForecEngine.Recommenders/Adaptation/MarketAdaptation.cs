// Adapts a meta-learned model to a market before it is scored, by one inner step on the market's support set, and restores the model
// afterwards.

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Adapts a model to a market while it ranks.</summary>
/// <param name="device">The device that computes.</param>
/// <param name="model">The model.</param>
/// <param name="learner">The meta-learner, which selects the parameters that the inner step moves.</param>
/// <param name="support">The market's support set.</param>
/// <param name="settings">The settings of the inner step.</param>
internal sealed class MarketAdaptation(
    IDevice device, IRecommender model, MetaLearner learner, SupportSet support, MetaLearningSettings settings)
{
    private readonly Minibatch _batch = support.ToMinibatch(device);
    private readonly LossGradient _gradient = new(device, model);
    private readonly Slice<Real> _loss = device.Allocate<Real>(1).Slice();
    private readonly InnerStep _inner = new(device, model, learner.AdaptedOf(model), settings.InnerLearningRate);

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
            _inner.Undo();
        }
    }

    /// <summary>Adapts the model permanently.</summary>
    public void Keep()
    {
        _gradient.Add(_batch, 1, _loss);
        _inner.Move();
    }
}
