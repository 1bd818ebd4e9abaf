// Results by groups, as in Bonab et al. (CIKM 2021): users in five groups of equal size by the number of their training rows; and held-out
// rows in five groups of equal size by the popularity of the item, which is the number of its training rows. Users with equal numbers are
// ordered by id, so that a border within them is always the same.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>A group of users.</summary>
/// <param name="From">The fewest training rows of its users, or of their held-out items.</param>
/// <param name="To">The most.</param>
/// <param name="Users">The number of users.</param>
/// <param name="Means">The mean of each metric.</param>
public sealed record UserGroup(int From, int To, int Users, IReadOnlyList<double> Means);

/// <summary>Groups users of one ranking.</summary>
public static class UserGroups
{
    /// <summary>The number of groups; fewer if there are fewer users.</summary>
    public const int Count = 5;

    /// <summary>Groups by the number of the user's training rows, fewest first; equal numbers by the user's id.</summary>
    public static IReadOnlyList<UserGroup> ByTrainingRows(IEnumerable<UserValues> users) => Cut(
        [.. users.OrderBy(user => user.TrainingRows).ThenBy(user => user.User, StringComparer.Ordinal)], user => user.TrainingRows);

    /// <summary>
    /// Groups by the number of training rows of the held-out item, fewest first; equal numbers by the item's id, then by the user's.
    /// </summary>
    public static IReadOnlyList<UserGroup> ByItemRows(IEnumerable<UserValues> users) => Cut(
        [
            .. users.OrderBy(user => user.ItemTrainingRows).ThenBy(user => user.Item, StringComparer.Ordinal)
                .ThenBy(user => user.User, StringComparer.Ordinal),
        ], user => user.ItemTrainingRows);

    // Group g of n users has those from n g / 5 on.
    private static UserGroup[] Cut(UserValues[] users, Func<UserValues, int> rows) =>
    [
        .. Enumerable.Range(0, Count)
            .Select(group => users[Border(users.Length, group)..Border(users.Length, group + 1)]).Where(group => group.Length > 0)
            .Select(group => new UserGroup(rows(group[0]), rows(group[^1]), group.Length,
                [.. group[0].Values.Select((_, metric) => group.Sum(user => user.Values[metric]) / group.Length)])),
    ];

    private static int Border(int users, int group) => (int)((long)users * group / Count);
}
