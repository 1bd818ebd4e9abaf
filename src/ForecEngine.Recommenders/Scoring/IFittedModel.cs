// The interface of all fitted models: tensors for checkpoints, and scorers.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A model that has been fitted to the rows of markets.</summary>
public interface IFittedModel
{
    /// <summary>All parameters, under their names in checkpoints.</summary>
    IEnumerable<SafeTensor> Tensors { get; }

    /// <summary>A scorer for one of the markets.</summary>
    /// <param name="device">The device, used by models that compute on one.</param>
    /// <param name="market">The index of the market in the model.</param>
    /// <param name="newUsers">The data for fitting new users; null if there are none.</param>
    IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null);
}

/// <summary>The data with which a scorer fits users that have no row in the model.</summary>
/// <param name="Users">The rows of the trained users of the market, at least one.</param>
/// <param name="Items">The rows of the items of the market.</param>
/// <param name="Options">The settings of fold-in.</param>
public sealed record NewUsers(IReadOnlyList<int> Users, IReadOnlyList<int> Items, FoldInOptions Options);
