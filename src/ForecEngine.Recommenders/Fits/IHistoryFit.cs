// A fit whose model scores users by their histories.

namespace ForecEngine.Recommenders.Fits;

/// <summary>A fit whose model scores a user by the items of the user's history.</summary>
public interface IHistoryFit
{
    /// <summary>The weights of a user's items.</summary>
    Recency Recency { get; }
}
