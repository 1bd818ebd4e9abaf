// Results by groups of users, as tables and as JSON.

namespace ForecEngine.Cli.Verbs;

internal static class GroupTables
{
    /// <summary>Prints the groups of a split and the coverage, and adds the groups to a result, if they are asked for.</summary>
    public static void Tell(
        IRankingOptions asked, JsonObject result, UserTable users, string split, Coverage? coverage, Terminal terminal)
    {
        if (asked.Groups)
            result["groups"] = Write(users, split, coverage, terminal.Output);
    }

    private static JsonArray Write(UserTable users, string split, Coverage? coverage, TextWriter output)
    {
        JsonArray json = [];
        (string Name, IReadOnlyList<UserValues> Rows)[] rankings =
        [
            .. users.Rows.Where(row => row.Split == split).GroupBy(row => row.Candidates)
                .Select(group => (group.Key, (IReadOnlyList<UserValues>)[.. group])),
        ];
        Write("users by training rows", "training_rows", UserGroups.ByTrainingRows);
        Write("held-out items by training rows", "item_training_rows", UserGroups.ByItemRows);
        if (coverage is not null)
        {
            ResultTable.Write(output, ["best ten of", "items shown", "of", "share", "Gini"],
            [
                [
                    Counted.Of(coverage.Lists, "user"), Text(coverage.Shown), Text(coverage.Items),
                    string.Create(CultureInfo.InvariantCulture, $"{100 * coverage.Share:F1} %"), ResultTable.Metric(coverage.Gini),
                ],
            ]);
        }

        return json;

        void Write(string heading, string by, Func<IEnumerable<UserValues>, IReadOnlyList<UserGroup>> groupsOf)
        {
            (string Candidates, UserGroup Group)[] rows =
                [.. rankings.SelectMany(ranking => groupsOf(ranking.Rows).Select(group => (ranking.Name, group)))];
            ResultTable.Write(output, [heading, "candidates", "users", .. users.Metrics], rows.Select(row => (string[])
            [
                row.Group.From == row.Group.To ? Text(row.Group.From) : $"{Text(row.Group.From)} to {Text(row.Group.To)}",
                row.Candidates, Text(row.Group.Users), .. row.Group.Means.Select(ResultTable.Metric),
            ]), left: 2);
            foreach ((string candidates, UserGroup group) in rows)
                json.Add(ToJson(candidates, by, group, users.Metrics));
        }
    }

    private static JsonObject ToJson(string candidates, string by, UserGroup group, IReadOnlyList<string> metrics)
    {
        JsonObject json = new()
        {
            ["candidates"] = candidates,
            ["by"] = by,
            ["from"] = group.From,
            ["to"] = group.To,
            ["users"] = group.Users,
        };
        foreach ((string metric, double mean) in metrics.Zip(group.Means))
            json[metric] = mean;
        return json;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
