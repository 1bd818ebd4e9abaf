// Reads the judgements of given candidates in one of two formats: `userId<TAB>itemId<TAB>rating` with a header, as in the WSDM Cup
// 2022, or TREC's `user 0 item grade` without a header, which trec_eval reads and --trec writes. Writes the former, which allows all ids.

using System.Text.RegularExpressions;

namespace ForecEngine.Recommenders.Data;

internal static partial class QrelsFile
{
    private const int HighestGrade = 1000; // trec_eval allocates a counter for every grade up to the highest one

    private const string Formats = "a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade'";

    /// <summary>Writes the judgements of lists with whole grades atomically, with a header.</summary>
    public static void Write(string path, Market market, IReadOnlyList<CandidateList> lists) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("userId\titemId\trating");
        foreach (CandidateList list in lists)
        {
            foreach ((string item, float relevance) in list.Qrels)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{market.Users.Text(list.User)}\t{item}\t{relevance:0}"));
        }
    });

    /// <summary>The judged items of each user with their grades, in the order of the file.</summary>
    public static Dictionary<string, OrderedDictionary<string, float>> Read(string path)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = new(StringComparer.Ordinal);
        using LineReader reader = new(path);
        if (!reader.TryRead(out ReadOnlySpan<byte> line))
            throw new DataFormatException(path, 1, $"the file is empty; expects {Formats}");
        string[] names = Encoding.UTF8.GetString(line).Split('\t');
        RatingColumns? columns = Columns(reader, names);
        bool isHeader = columns is not null;
        do
        {
            if (isHeader || line.IsEmpty)
            {
                isHeader = false;
                continue;
            }

            string text = Encoding.UTF8.GetString(line);
            (string user, string item, string grade) =
                columns is not null ? OfColumns(reader, text, columns, names.Length) : OfTrec(reader, text);
            float relevance = Grade(reader, grade);
            if (!judged.TryGetValue(user, out OrderedDictionary<string, float>? items))
                judged[user] = items = new(StringComparer.Ordinal);
            if (!items.TryAdd(item, relevance))
                throw reader.Fault($"item {item} of user {user} is judged twice");
        }
        while (reader.TryRead(out line));

        return judged.FirstOrDefault(user => user.Value.Values.All(grade => grade < 0)) is { Key: { } negative }
            ? throw new DataFormatException($"{path}: all grades of user {negative} are negative, which trec_eval does not support")
            : judged;
    }

    // The indexes of the columns, or null if the first line is not a header.
    private static RatingColumns? Columns(LineReader reader, string[] names)
    {
        if (!RatingColumns.AnyUsual(names))
            return null;
        if (!RatingColumns.TryChoose(names, ColumnNames.Usual, out RatingColumns columns, out string problem))
            throw reader.Fault(problem);
        return columns.Rating >= 0
            ? columns
            : throw reader.Fault("the header has no rating column; expects userId, itemId and rating, separated by tabs");
    }

    private static (string User, string Item, string Grade) OfColumns(LineReader reader, string line, RatingColumns columns, int count)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != count)
            throw reader.Fault($"expects {count} fields, got {fields.Length}");
        (string user, string item, string grade) = (fields[columns.User], fields[columns.Item], fields[columns.Rating]);
        if (user.Length == 0 || item.Length == 0)
            throw reader.Fault("the user or item id is empty");
        return (user, item, grade);
    }

    private static (string User, string Item, string Grade) OfTrec(LineReader reader, string line)
    {
        string[] fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 4
            ? (fields[0], fields[2], fields[3])
            : throw reader.Fault($"expects {Formats}");
    }

    private static float Grade(LineReader reader, string text)
    {
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float grade) || !float.IsFinite(grade))
            throw reader.Fault($"the grade '{LineReader.Quote(text)}' is not a number");
        if (WholeNumber().IsMatch(text) && Math.Abs(grade) <= HighestGrade)
            return grade;
        string range = $"a whole number from {-HighestGrade} to {HighestGrade}, as trec_eval needs it";
        throw reader.Fault($"the grade '{LineReader.Quote(text)}' is not {range}");
    }

    [GeneratedRegex(@"^[+-]?\d+(\.0*)?$")]
    private static partial Regex WholeNumber();
}
