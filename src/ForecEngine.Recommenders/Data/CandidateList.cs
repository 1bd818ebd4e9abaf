// A user's candidate items to rank, with their relevance.

namespace ForecEngine.Recommenders.Data;

/// <summary>One user's candidates.</summary>
/// <param name="User">The user's index in the market.</param>
/// <param name="Items">The candidates' indexes in the market.</param>
/// <param name="Relevance">The relevance of each candidate; 0 without a judgement.</param>
/// <param name="Qrels">All judged items of the user, candidates or not. The ideal ranking of nDCG consists of them.</param>
public sealed record CandidateList(int User, int[] Items, float[] Relevance, IReadOnlyList<(string Item, float Relevance)> Qrels);
