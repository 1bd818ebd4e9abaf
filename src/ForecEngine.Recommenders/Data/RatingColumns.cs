// Finds the columns of the user, the item, the rating and the time in a file: those that ColumnNames gives, otherwise those with a usual
// name. If a file has several usual names, the first one in the lists below is used: parent_asin before asin, rating before label,
// timestamp before date.

namespace ForecEngine.Recommenders.Data;

/// <summary>The indexes of the columns of a ratings file.</summary>
/// <param name="User">The user column.</param>
/// <param name="Item">The item column.</param>
/// <param name="Rating">The rating column, or -1 if there is none; then every row is a positive.</param>
/// <param name="Time">The time column, or -1 if there is none.</param>
internal sealed record RatingColumns(int User, int Item, int Rating, int Time)
{
    // In lower case, without spaces, hyphens, underscores and full stops.
    private static readonly string[] s_users =
    [
        "userid", "user", "username", "customerid", "customer", "reviewerid", "reviewer", "visitorid", "memberid", "member",
        "clientid", "client", "buyerid", "buyer", "accountid", "profileid", "personid", "uid", "sessionid", "session",
    ];

    private static readonly string[] s_items =
    [
        "itemid", "item", "parentasin", "asin", "productid", "product", "sku", "articleid", "article", "movieid", "trackid", "songid",
        "bookid", "isbn", "businessid", "gameid", "videoid", "recipeid", "animeid", "placeid", "goodsid", "contentid", "stockcode",
        "productcode", "itemcode", "iid",
    ];

    private static readonly string[] s_ratings =
        ["rating", "ratings", "rate", "stars", "starrating", "userrating", "overall", "score", "label"];

    private static readonly string[] s_times =
    [
        "timestamp", "time", "ts", "datetime", "unixreviewtime", "unixtime", "eventtime", "date", "createdat", "created", "reviewdate",
        "reviewtime", "ratedat", "purchasedate", "purchasedat", "purchasetime", "orderdate", "orderedat", "ordertime",
        "invoicedate", "transactiondate", "tdat", "playedat",
    ];

    /// <summary>The columns of a file without a header: user, item, rating, time.</summary>
    public static RatingColumns InOrder { get; } = new(0, 1, 2, 3);

    /// <summary>Finds the columns in a header.</summary>
    /// <param name="columns">The names in the header; RecBole's types (<c>user_id:token</c>) are ignored.</param>
    /// <param name="names">The names of the columns to use.</param>
    /// <param name="chosen">The columns.</param>
    /// <param name="problem">What is wrong with the header, if it does not name the columns.</param>
    public static bool TryChoose(IReadOnlyList<string> columns, ColumnNames names, out RatingColumns chosen, out string problem)
    {
        string[] plain = [.. columns.Select(WithoutType)];
        string[] usual = [.. plain.Select(Simplified)];
        string fault = "";
        chosen = new RatingColumns(
            Place("user", names.User, s_users, needed: true), Place("item", names.Item, s_items, needed: true),
            Place("rating", names.Rating, s_ratings, needed: false), Place("time", names.Time, s_times, needed: false));
        problem = fault.Length > 0 ? $"{fault}; the file has {LineReader.Quote(string.Join(", ", plain))}" : "";
        return fault.Length == 0;

        int Place(string kind, IReadOnlyList<string>? wanted, string[] known, bool needed)
        {
            if (fault.Length > 0)
                return -1;
            string[] among = wanted is null ? usual : plain;
            string? name = (wanted ?? known).FirstOrDefault(among.Contains);
            if (name is null)
            {
                if (wanted is { Count: > 0 })
                    fault = $"there is no column {string.Join(" or ", wanted)} for the {kind}";
                else if (needed)
                    fault = $"there is no column for the {kind} ({known[0]}, {known[1]}, ...)";
                return -1;
            }

            int place = Array.IndexOf(among, name);
            if (Array.LastIndexOf(among, name) != place)
                fault = $"there are two columns {plain[place]} for the {kind}";
            return place;
        }
    }

    /// <summary>Whether any column has one of the usual names.</summary>
    public static bool AnyUsual(IReadOnlyList<string> columns) =>
        columns.Select(column => Simplified(WithoutType(column)))
            .Any(name => s_users.Contains(name) || s_items.Contains(name) || s_ratings.Contains(name) || s_times.Contains(name));

    /// <summary>Whether a name has a type as in RecBole's format: <c>user_id:token</c>.</summary>
    public static bool IsTyped(string column) => column.Split(':') is [_, "token" or "float" or "token_seq" or "float_seq"];

    private static string WithoutType(string column) =>
        IsTyped(column) ? column[..column.IndexOf(':', StringComparison.Ordinal)] : column.Trim();

    private static string Simplified(string column) =>
        string.Concat(column.Where(c => c is not (' ' or '-' or '_' or '.'))).ToLowerInvariant();
}
