// What comes out of a fit, whatever the fit: tensors for checkpoints, and scores.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A model that has been fitted to markets' rows.</summary>
public interface IFittedModel
{
    /// <summary>All that it is, under the names that checkpoints know.</summary>
    IEnumerable<SafeTensor> Tensors { get; }

    /// <summary>A scorer for one of its markets.</summary>
    /// <param name="device">What computes, where the model computes on a device.</param>
    /// <param name="market">The market's place among the model's.</param>
    /// <param name="newUsers">What fitting new users takes; null where there are none.</param>
    IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null);
}

/// <summary>What a scorer needs to fit users whom the model has no row for.</summary>
/// <param name="Users">The rows of the market's trained users, at least one.</param>
/// <param name="Items">The rows of the market's items.</param>
/// <param name="Options">The numbers of fold-in.</param>
public sealed record NewUsers(IReadOnlyList<int> Users, IReadOnlyList<int> Items, FoldInOptions Options);
