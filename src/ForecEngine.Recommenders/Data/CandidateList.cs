// What is ranked: a user's candidate items, and which of them are relevant.

namespace ForecEngine.Recommenders.Data;

/// <summary>One user's candidates.</summary>
/// <param name="User">The user, as the market indexes it.</param>
/// <param name="Items">The candidates, as the market indexes items.</param>
/// <param name="Relevance">The relevance of each candidate, 0 where it is not known to be relevant.</param>
/// <param name="Qrels">All judged items of the user with their relevances, candidates or not: what the ideal ranking is made of.</param>
public sealed record CandidateList(int User, int[] Items, float[] Relevance, IReadOnlyList<(string Item, float Relevance)> Qrels);
