// Judgements of given candidates: `userId<TAB>itemId<TAB>rating` with a header, as the WSDM Cup 2022 hands them out, or TREC's
// `user 0 item grade` without one, as trec_eval reads them and --trec writes them.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads judgements.</summary>
internal static partial class QrelsFile
{
    private const int HighestGrade = 1000; // trec_eval keeps a count of every grade up to the highest

    private const string Formats = "a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade'";

    /// <summary>Of each user, the judged items with their grades, in the order of the file.</summary>
    /// <exception cref="DataFormatException">A line is not what it should be.</exception>
    public static Dictionary<string, OrderedDictionary<string, float>> Read(string path)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = new(StringComparer.Ordinal);
        using LineReader reader = new(path);
        if (!reader.TryRead(out ReadOnlySpan<byte> line))
            throw new DataFormatException(path, 1, $"the file is empty; {Formats} are needed");
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
                throw reader.Fault($"item {item} of user {user} is judged already");
        }
        while (reader.TryRead(out line));

        return judged.FirstOrDefault(user => user.Value.Values.All(grade => grade < 0)) is { Key: { } negative }
            ? throw new DataFormatException($"{path}: user {negative} has negative grades only, which trec_eval cannot measure")
            : judged;
    }

    // The places of the columns, or null where the first line is no header.
    private static RatingColumns? Columns(LineReader reader, string[] names)
    {
        if (!RatingColumns.AnyUsual(names))
            return null;
        if (!RatingColumns.TryChoose(names, ColumnNames.Usual, out RatingColumns columns, out string problem))
            throw reader.Fault(problem);
        return columns.Rating >= 0
            ? columns
            : throw reader.Fault("there is no column for the rating; a header of userId, itemId and rating separated by tabs is needed");
    }

    private static (string User, string Item, string Grade) OfColumns(LineReader reader, string line, RatingColumns columns, int count)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != count)
            throw reader.Fault($"{fields.Length} fields where {count} are needed");
        (string user, string item, string grade) = (fields[columns.User], fields[columns.Item], fields[columns.Rating]);
        if (user.Length == 0 || item.Length == 0)
            throw reader.Fault("an id is empty");
        return (user, item, grade);
    }

    private static (string User, string Item, string Grade) OfTrec(LineReader reader, string line)
    {
        string[] fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 4
            ? (fields[0], fields[2], fields[3])
            : throw reader.Fault("neither a header of userId, itemId and rating separated by tabs nor a line of 'user 0 item grade'");
    }

    private static float Grade(LineReader reader, string text)
    {
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float grade) || !float.IsFinite(grade))
            throw reader.Fault($"the grade '{LineReader.Quote(Encoding.UTF8.GetBytes(text))}' is not a number");
        if (WholeNumber().IsMatch(text) && Math.Abs(grade) <= HighestGrade)
            return grade;
        string range = $"a whole number from {-HighestGrade} to {HighestGrade}, as trec_eval needs it";
        throw reader.Fault($"the grade '{LineReader.Quote(Encoding.UTF8.GetBytes(text))}' is not {range}");
    }

    [GeneratedRegex(@"^[+-]?\d+(\.0*)?$")]
    private static partial Regex WholeNumber();
}
