// Draws the negatives of training: for each positive row, items of the market that the user has no training row for. Held-out items may
// be drawn too; if they never were, a model could recognise them by that. A row's negatives are a function of (seed, market, epoch,
// row), so that they can be drawn again for a single row.

namespace ForecEngine.Recommenders.Data;

/// <summary>Which of a user's items are never drawn as negatives.</summary>
public enum NegativesExclude
{
    /// <summary>The items of training rows.</summary>
    Training,

    /// <summary>The items of all rows, as in the paper's released code. This leaks the held-out items.</summary>
    All,
}

/// <summary>Draws the negatives of a market's training rows.</summary>
/// <param name="market">The market.</param>
/// <param name="seed">The experiment's seed.</param>
/// <param name="exclude">Which of a user's items are never drawn.</param>
/// <param name="byPopularity">Whether an item is drawn the more often, the more training rows it has.</param>
public sealed class NegativeSampler(
    Market market, ulong seed, NegativesExclude exclude = NegativesExclude.Training, bool byPopularity = false)
{
    private readonly PopularItems? _popular = byPopularity ? new PopularItems(market) : null;
    private readonly RandomSequence _draws = RandomSequence.Named(seed, $"negatives/{market.Name}");

    /// <summary>The number of negatives of a row: <paramref name="wanted"/>, or fewer if fewer items are left to draw from.</summary>
    public int Count(int row, int wanted) => UnseenItems.Count(Excluded(market.TrainUsers[row]), market.PoolSize, wanted);

    /// <summary>
    /// Draws distinct items that are not excluded for a user, for each of consecutive rows; the negatives of a row do not depend on the
    /// others.
    /// </summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="firstRow">The first training row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="negatives">Receives the items, row after row; its length is the number wanted for all rows.</param>
    /// <returns>The number of items drawn for each row; see <see cref="Count"/>.</returns>
    public int Draw(int epoch, int firstRow, int rows, Span<int> negatives)
    {
        ReadOnlySpan<int> excluded = Excluded(market.TrainUsers[firstRow]);
        return _popular?.Draw(excluded, Draws(epoch), firstRow, rows, negatives)
            ?? UnseenItems.Draw(excluded, market.PoolSize, Draws(epoch), firstRow, rows, negatives);
    }

    /// <summary>The random draws of an epoch; row r uses those from index r 2^32 on.</summary>
    internal RandomSequence Draws(int epoch) => _draws.At(epoch);

    /// <summary>The items that are never drawn for a user, ascending and distinct.</summary>
    internal ReadOnlySpan<int> Excluded(int user) => exclude == NegativesExclude.All ? market.Seen(user) : market.Trained(user);
}
