// Writes rows in each format of ratings files, and damages files.

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;

namespace ForecEngine.Recommenders.Tests.Data;

internal static class RatingsText
{
    public static readonly string[] Formats = ["xmarket", "raw", "wsdm", "recbole", "dat", "u.data", "csv", "csv2", "tsv", "jsonl"];

    /// <summary>The formats with times.</summary>
    public static readonly string[] Dated = [.. Formats.Where(format => format != "wsdm")];

    /// <summary>
    /// One to thirty rows of few users and items. Times are whole days, far enough from 1970 that milliseconds are recognised as such.
    /// </summary>
    public static Arbitrary<Row[]> Rows =>
        (from count in Gen.Choose(1, 30)
         from rows in (from user in Gen.Elements("u", "A1Z", "Ünï", "u#2", "用户")
                       from item in Gen.Elements("B00", "i,1", "é", "\u00A0x", "i\"9")
                       from rating in Gen.Elements(0f, 0.5f, 1f, 3.25f, 5f, -1f)
                       from day in Gen.OneOf(Gen.Choose(-20000, -4000), Gen.Choose(4000, 20000))
                       select new Row(user, item, rating, day * 86400L)).ArrayOf(count)
         select rows).ToArbitrary();

    /// <summary>The rows in a format. "wsdm" leaves the dates out.</summary>
    public static string Of(string format, IReadOnlyList<Row> rows)
    {
        string header = format switch
        {
            "xmarket" => "userId itemId rate date\n",
            "raw" or "dat" or "u.data" or "jsonl" => "",
            "csv" => "timestamp,\"customer_id\",stars,sku\n",
            "csv2" => "User ID;Item ID;Rating;note;Date\n",
            "tsv" => "parent_asin\tuser_id\trating\ttime\tasin\n",
            "wsdm" => "userId\titemId\trating\n",
            _ => "timestamp:float\trating:float\titem_id:token\tnote:token\tuser_id:token\n",
        };
        return header + string.Concat(rows.Select(row => Line(format, row)));
    }

    public static byte[] Gzip(byte[] text, int members = 1)
    {
        using MemoryStream bytes = new();
        for (int member = 0; member < members; member++)
        {
            using GZipStream gzip = new(bytes, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(text.AsSpan((int)((long)text.Length * member / members)..(int)((long)text.Length * (member + 1) / members)));
        }

        return bytes.ToArray();
    }

    /// <summary>A copy with up to three faults: a flipped bit, a cut, a repeated or missing line, or inserted bytes.</summary>
    public static byte[] Damaged(byte[] good, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, "test/damage");
        List<byte> bytes = [.. good];
        int times = 1 + draws.Below(0, 3);
        for (int i = 1; i <= times && bytes.Count > 0; i++)
        {
            RandomSequence own = draws.At(i);
            int place = own.Below(1, bytes.Count);
            int lineStart = bytes.LastIndexOf((byte)'\n', place) + 1;
            int lineEnd = bytes.IndexOf((byte)'\n', lineStart) is >= 0 and int end ? end + 1 : bytes.Count;
            switch (own.Below(0, 5))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << own.Below(2, 8));
                    break;
                case 1:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 2:
                    bytes.InsertRange(lineStart, bytes.GetRange(lineStart, lineEnd - lineStart));
                    break;
                case 3:
                    bytes.RemoveRange(lineStart, lineEnd - lineStart);
                    break;
                default:
                    bytes.InsertRange(place, Enumerable.Range(0, 1 + own.Below(3, 5)).Select(j => (byte)own.Below(4 + (ulong)j, 256)));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Whether a message is one short line that begins with the file.</summary>
    public static bool IsOneLineOf(string path, DataFormatException thrown) =>
        thrown.Message.StartsWith($"{path}:", StringComparison.Ordinal) && thrown.Message == thrown.Message.ReplaceLineEndings("|")
        && thrown.Message.Length < path.Length + 300;

    private static string Line(string format, Row row)
    {
        string rating = row.Rating.ToString(CultureInfo.InvariantCulture);
        string date = DateTime.UnixEpoch.AddSeconds(row.Time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return format switch
        {
            "xmarket" or "raw" => $"{row.User} {row.Item} {rating} {date}\n",
            "dat" => string.Create(CultureInfo.InvariantCulture, $"{row.User}::{row.Item}::{rating}::{row.Time}\n"),
            "u.data" => string.Create(CultureInfo.InvariantCulture, $"{row.User}\t{row.Item}\t{rating}\t{row.Time}\n"),
            "csv" => $"{row.Time}000000,{Quoted(row.User)},{rating},{Quoted(row.Item)}\n",
            "csv2" => $"{Quoted(row.User)};{Quoted(row.Item)};{rating};\"a;\nnote\";{date}T02:00:00.000+02:00\n",
            "tsv" => $"{Quoted(row.Item)}\t{Quoted(row.User)}\t{rating}\t{row.Time}000\tother\n",
            "jsonl" => $"{{\"rating\": {rating}, \"asin\": \"other\", \"parent_asin\": {JsonSerializer.Serialize(row.Item)}, "
                + $"\"user_id\": {JsonSerializer.Serialize(row.User)}, \"images\": [{{\"user_id\": 7}}], \"timestamp\": {row.Time}000}}\n",
            "wsdm" => $"{row.User}\t{row.Item}\t{rating}\n",
            _ => string.Create(CultureInfo.InvariantCulture, $"{row.Time}.0\t{rating}\t{row.Item}\tany thing\t{row.User}\n"),
        };
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny("\",;") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
