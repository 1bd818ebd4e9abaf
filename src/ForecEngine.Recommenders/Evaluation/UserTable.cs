// The values of each user in rankings, with the training rows of the user and of the held-out item, by which results are grouped.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>A user's values in a ranking.</summary>
/// <param name="Split">The split (<see cref="NamedRanking.Split"/>).</param>
/// <param name="Candidates">The candidates (<see cref="NamedRanking.Candidates"/>).</param>
/// <param name="User">The user's id.</param>
/// <param name="TrainingRows">The number of the user's training rows in the market.</param>
/// <param name="Item">The id of <see cref="UserPlace.Item"/>, or empty.</param>
/// <param name="ItemTrainingRows">The number of training rows in the market that have this item.</param>
/// <param name="Rank">The rank of this item; 0 if no candidate is relevant.</param>
/// <param name="Values">The values of the metrics, in the order of <see cref="UserTable.Metrics"/>.</param>
public sealed record UserValues(
    string Split, string Candidates, string User, int TrainingRows, string Item, int ItemTrainingRows, int Rank,
    IReadOnlyList<double> Values);

/// <summary>The values of the measured users of rankings.</summary>
/// <param name="Metrics">The names of the metrics.</param>
/// <param name="Rows">The values, ranking by ranking, users in the order of the lists.</param>
public sealed record UserTable(IReadOnlyList<string> Metrics, IEnumerable<UserValues> Rows)
{
    /// <summary>The table of rankings of a market with the same metrics. Rows are made when they are read.</summary>
    public static UserTable Of(IReadOnlyList<NamedRanking> rankings) => new(
        [.. rankings.Count == 0 ? [] : rankings[0].Ranked.Result.PerUser.Keys], rankings.SelectMany(Of));

    private static IEnumerable<UserValues> Of(NamedRanking ranking)
    {
        Market market = ranking.Ranked.Market;
        EvaluationResult result = ranking.Ranked.Result;
        int[] ofUsers = new int[market.Users.Count], ofItems = new int[market.Items.Count];
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            ofUsers[market.TrainUsers[row]]++;
            ofItems[market.TrainItems[row]]++;
        }

        double[][] values = [.. result.PerUser.Values];
        for (int list = 0; list < result.Places.Count; list++)
        {
            (int user, int item, int rank, bool isMeasured) = result.Places[list];
            if (isMeasured)
            {
                yield return new UserValues(
                    ranking.Split, ranking.Candidates, market.Users.Text(user), ofUsers[user], item < 0 ? "" : market.Items.Text(item),
                    item < 0 ? 0 : ofItems[item], rank, [.. values.Select(metric => metric[list])]);
            }
        }
    }
}
