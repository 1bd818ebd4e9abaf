// What a meta-learned model does before it is scored for a market: one inner step on the market's support set, taken back once
// the scores are there.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Adapts a model to a market for as long as it ranks.</summary>
/// <param name="device">What computes.</param>
/// <param name="model">The model.</param>
/// <param name="learner">What its inner step moves.</param>
/// <param name="support">The market's support set.</param>
/// <param name="settings">Its size and the inner step.</param>
internal sealed class MarketAdaptation(IDevice device, IRecommender model, MetaLearner learner, SupportSet support, MetaLearningSettings settings)
{
    private readonly Minibatch _batch = support.ToMinibatch(device);
    private readonly LossGradient _gradient = new(device, model);
    private readonly Slice<Real> _loss = device.Allocate<Real>(1).Slice();
    private readonly InnerStep _inner = new(device, model, learner.AdaptedOf(model), settings.InnerLearningRate);

    /// <summary>Ranks with the adapted model; afterwards the model is as it was, bit for bit.</summary>
    /// <param name="ranker">What ranks.</param>
    /// <param name="scorer">The model's scorer for the market.</param>
    /// <param name="market">The market.</param>
    /// <param name="lists">The candidates, of which validation's lose the users of a held-out support set.</param>
    /// <param name="split">What the candidates are.</param>
    public RankedLists Rank(Ranker ranker, IScorer scorer, PlacedMarket market, IReadOnlyList<CandidateList> lists, Split split)
    {
        RankedLists? ranked = null;
        While(() => ranked = ranker.Rank(scorer, market, split == Split.Valid ? support.Unseen(lists) : lists));
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

    /// <summary>Adapts the model for good.</summary>
    public void Keep()
    {
        _gradient.Add(_batch, 1, _loss);
        _inner.Move();
    }
}
