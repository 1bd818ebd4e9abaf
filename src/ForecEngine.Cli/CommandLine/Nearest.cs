// Suggests a known name for a mistyped one ("did you mean"), by the optimal string alignment distance, in which insertions, deletions,
// substitutions and swaps of adjacent characters each cost 1.

namespace ForecEngine.Cli.CommandLine;

internal static class Nearest
{
    private const int Longest = 64;

    /// <summary><c>; did you mean 'NAME'?</c>, or an empty text if no name is near.</summary>
    public static string Question(string typed, IEnumerable<string> names) =>
        Of(typed, names) is { } name ? $"; did you mean '{name}'?" : "";

    /// <summary>The nearest name, the first of equally near ones; null if none is within a third of its length.</summary>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        if (typed.Length > Longest)
            return null;
        (string Name, int Distance)[] near =
        [
            .. names.Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant())))
                .Where(found => IsNear(found.Distance, found.Name.TrimStart('-').Length)),
        ];
        return near.Length == 0 ? null : near.MinBy(found => found.Distance).Name;
    }

    private static bool IsNear(int distance, int length) => distance <= Math.Max(1, length / 3) && distance < length;

    /// <summary>The number of edits that turn one text into the other.</summary>
    public static int Distance(string a, string b)
    {
        int[,] edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int substituted = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(substituted, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[a.Length, b.Length];
    }
}
