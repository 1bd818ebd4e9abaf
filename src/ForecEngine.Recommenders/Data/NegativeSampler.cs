// The negatives of training: for each positive row, items of the market that the user has no training row for. The held-out
// items are among those that are drawn: a model would learn them as the items that are never negative. A row's negatives are
// a function of (seed, market, epoch, row), so any row's can be drawn again alone.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>Which of a user's rows give no negatives of training.</summary>
public enum NegativesExclude
{
    /// <summary>The training rows.</summary>
    Training,

    /// <summary>All rows, the held-out ones too: what the released code does. It leaks.</summary>
    All,
}

/// <summary>Draws the negatives of a market's training rows.</summary>
/// <param name="market">The market.</param>
/// <param name="seed">The experiment's seed.</param>
/// <param name="exclude">Which of a user's rows give no negatives.</param>
public sealed class NegativeSampler(Market market, ulong seed, NegativesExclude exclude = NegativesExclude.Training)
{
    private readonly RandomSequence _draws = RandomSequence.Named(seed, $"negatives/{market.Name}");

    /// <summary>How many <see cref="Draw(int, int, Span{int})"/> gives of <paramref name="wanted"/>: fewer where the user has seen nearly everything.</summary>
    public int Count(int row, int wanted) => UnseenItems.Count(Excluded(row), market.PoolSize, wanted);

    /// <summary>Overwrites <paramref name="negatives"/> with different items that are not excluded for the row's user.</summary>
    /// <param name="epoch">The epoch whose draws they are.</param>
    /// <param name="row">The training row.</param>
    /// <param name="negatives">Where they go.</param>
    /// <returns>How many there are; see <see cref="Count"/>.</returns>
    public int Draw(int epoch, int row, Span<int> negatives) => Draw(epoch, row, 1, negatives);

    /// <summary>The same for consecutive rows of one user, which costs less than row by row.</summary>
    /// <param name="epoch">The epoch whose draws they are.</param>
    /// <param name="firstRow">The first training row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="negatives">Where they go, row after row; room for as many as are wanted for all rows.</param>
    /// <returns>How many there are of each row; see <see cref="Count"/>.</returns>
    internal int Draw(int epoch, int firstRow, int rows, Span<int> negatives) => UnseenItems.Draw(
        Excluded(firstRow), market.PoolSize, _draws.At(epoch), firstRow, rows, negatives);

    private ReadOnlySpan<int> Excluded(int row) =>
        exclude == NegativesExclude.All ? market.Seen(market.TrainUsers[row]) : market.Trained(market.TrainUsers[row]);
}
