// Which fields of a line are the user, the item, the rating and the date, told by the file's first line.
//
//   XMarket processed   spaces, a header: userId itemId rate date
//   XMarket raw         spaces, no header, the same four columns
//   WSDM Cup 2022       tabs, a header: userId itemId rating; no date
//   RecBole atomic      tabs, a header of name:type: user_id:token item_id:token rating:float timestamp:float

using System.Buffers.Text;
using System.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>The columns of a ratings file.</summary>
/// <param name="Separator">What stands between fields.</param>
/// <param name="Count">How many fields a line has.</param>
/// <param name="User">The user's field.</param>
/// <param name="Item">The item's field.</param>
/// <param name="Rating">The rating's field.</param>
/// <param name="Time">The date's field, or -1.</param>
/// <param name="HasHeader">Whether the first line is a header rather than a row.</param>
internal sealed record RatingColumns(byte Separator, int Count, int User, int Item, int Rating, int Time, bool HasHeader)
{
    private static readonly string[][] s_names = [["userid", "user_id"], ["itemid", "item_id"], ["rate", "rating"], ["date", "timestamp"]];

    /// <summary>Tells the columns from a file's first line.</summary>
    /// <exception cref="DataFormatException">A column is missing or twice there, or the line is neither a header nor a row.</exception>
    public static RatingColumns Tell(LineReader reader, ReadOnlySpan<byte> first)
    {
        if (FindHeader(reader, first) is { } header)
            return header;
        string[] fields = Encoding.UTF8.GetString(first).Split(' ');
        return fields.Length == 4 && Utf8Parser.TryParse(Encoding.UTF8.GetBytes(fields[2]), out float _, out int used) && used == fields[2].Length
            ? new RatingColumns((byte)' ', 4, 0, 1, 2, 3, HasHeader: false)
            : throw reader.Fault("neither a header (userId itemId rate date) nor a row of user, item, rating and date separated by spaces");
    }

    /// <summary>The columns that a file's first line names, or null where it names none.</summary>
    /// <exception cref="DataFormatException">A column is missing or twice there.</exception>
    public static RatingColumns? FindHeader(LineReader reader, ReadOnlySpan<byte> first)
    {
        char separator = first.Contains((byte)'\t') ? '\t' : ' ';
        string[] fields = Encoding.UTF8.GetString(first).Split(separator);
        string[] names = [.. fields.Select(field => field.Split(':')[0].ToLowerInvariant())];
        if (!names.Any(name => s_names.Any(known => known.Contains(name))))
            return null;

        int[] places = new int[s_names.Length];
        for (int column = 0; column < places.Length; column++)
        {
            string[] known = s_names[column];
            places[column] = Array.FindIndex(names, known.Contains);
            if (Array.FindLastIndex(names, known.Contains) != places[column])
                throw reader.Fault($"the header has column {names[places[column]]} twice");
            if (places[column] < 0 && column < 3)
                throw reader.Fault($"the header has no column {string.Join(" or ", known)}; it has {LineReader.Quote(Encoding.UTF8.GetBytes(string.Join(", ", fields)))}");
        }

        return new RatingColumns((byte)separator, fields.Length, places[0], places[1], places[2], places[3], HasHeader: true);
    }
}
