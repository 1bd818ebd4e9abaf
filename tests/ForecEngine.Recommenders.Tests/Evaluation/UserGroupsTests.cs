// Groups of users: a partition in the order of their training rows, with borders that do not depend on the order of the users.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Evaluation;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class UserGroupsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void Groups_are_a_partition_of_equal_sizes_in_ascending_order_for_any_order_of_the_users(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "users");
        UserValues[] users = [.. Enumerable.Range(0, 1 + draws.Below(0, 60)).Select(i => User(
            $"u{i}", 1 + draws.Below((ulong)i << 8, 6), $"i{draws.Below(((ulong)i << 8) + 1, 9)}", draws.Uniform(((ulong)i << 8) + 2)))];
        UserValues[] shuffled = [.. users];
        draws.At(1).Shuffle<UserValues>(shuffled);
        foreach (Func<IEnumerable<UserValues>, IReadOnlyList<UserGroup>> groupsOf in
            (Func<IEnumerable<UserValues>, IReadOnlyList<UserGroup>>[])[UserGroups.ByTrainingRows, UserGroups.ByItemRows])
        {
            IReadOnlyList<UserGroup> groups = groupsOf(users);
            Assert.Equal(Math.Min(UserGroups.Count, users.Length), groups.Count);
            Assert.Equal(users.Length, groups.Sum(group => group.Users));
            Assert.True(groups.Max(group => group.Users) - groups.Min(group => group.Users) <= 1);
            Assert.All(groups, group => Assert.True(group.From <= group.To));
            Assert.All(groups.Zip(groups.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From));
            Assert.Equal(users.Average(user => user.Values[0]), groups.Sum(group => group.Users * group.Means[0]) / users.Length, 1e-12);
            Assert.All(groups.Zip(groupsOf(shuffled)), pair => Assert.Equal(
                (pair.First.From, pair.First.To, pair.First.Means[0]), (pair.Second.From, pair.Second.To, pair.Second.Means[0])));
        }
    }

    [Fact]
    public void A_border_within_equal_numbers_is_by_id()
    {
        UserValues[] users = [.. "jihgfedcba".Select((id, i) => User($"{id}", 3, $"{id}", i))];
        Assert.Equal([8.5, 6.5, 4.5, 2.5, 0.5], UserGroups.ByTrainingRows(users).Select(group => group.Means[0]));
        Assert.Equal([8.5, 6.5, 4.5, 2.5, 0.5], UserGroups.ByItemRows(users).Select(group => group.Means[0]));
        Assert.Empty(UserGroups.ByTrainingRows([]));
    }

    private static UserValues User(string user, int rows, string item, double value) =>
        new("test", NamedRanking.AllItems, user, rows, item, rows * 7 % 5, Rank: 1, [value]);
}
