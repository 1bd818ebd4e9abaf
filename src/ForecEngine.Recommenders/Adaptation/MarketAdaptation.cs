// What a meta-learned model does before it is scored for a market: one inner step on the market's shots, taken back once
// the scores are there.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Adapts a model to a market for as long as it ranks.</summary>
/// <param name="device">What computes.</param>
/// <param name="model">The model.</param>
/// <param name="step">What gives the shots' gradient.</param>
/// <param name="learner">What its inner step moves.</param>
/// <param name="shots">The market's shots.</param>
/// <param name="options">How many there are, and the step's rate.</param>
internal sealed class MarketAdaptation(IDevice device, IRecommender model, IStep step, MetaLearner learner, Shots shots, TrainingOptions options)
{
    private readonly Minibatch _batch = shots.ToMinibatch(device, options.Shots);
    private readonly InnerStep _inner = new(device, model, learner.Adapted(model), options.InnerRate);

    /// <summary>Ranks with the adapted model; afterwards the model is as it was, bit for bit.</summary>
    /// <param name="ranker">What ranks.</param>
    /// <param name="market">The market.</param>
    /// <param name="lists">The candidates, of which validation's lose the users of held-out shots.</param>
    /// <param name="split">What the candidates are.</param>
    public RankedLists Rank(Ranker ranker, PlacedMarket market, IReadOnlyList<CandidateList> lists, Split split)
    {
        RankedLists? ranked = null;
        While(() => ranked = ranker.Rank(model, market, split == Split.Valid ? shots.Unseen(lists) : lists));
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
        step.Run(_batch);
        _inner.Take();
    }
}
