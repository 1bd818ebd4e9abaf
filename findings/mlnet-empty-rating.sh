#!/usr/bin/env bash
# One would guess that an empty cell read into a float is NaN, as an unreadable one is, or that the row is refused.
# LoadFromTextFile of Microsoft.ML 5.0.1 reads an empty rating, and a rating whose column is missing in the line, as 0; it reads "4,5" and
# "n/a" as NaN. The option MissingRealsAsNaNs reads an empty cell as NaN; it is off by default.
# So a purchase without a rating becomes the worst possible rating. Our readers refuse a row with an empty rating and name its line;
# for a market without ratings, leave the column out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Microsoft.ML@5.0.1
#:property PublishAot=false
#:property InvariantGlobalization=true
using Microsoft.ML;
using Microsoft.ML.Data;

File.WriteAllText("ratings.tsv", "user\trating\nu1\t5\nu2\t\nu3\t4,5\nu4\tn/a\nu5\n");
var context = new MLContext(seed: 1);
var data = context.Data.LoadFromTextFile<Row>("ratings.tsv", hasHeader: true);
var seen = string.Join(' ', context.Data.CreateEnumerable<Row>(data, reuseRowObject: false).Select(row => row.Rating));
Console.WriteLine("Microsoft.ML 5.0.1, LoadFromTextFile, ratings '5', '', '4,5', 'n/a' and none");
Console.WriteLine("guess: 5 NaN NaN NaN NaN, or an error");
Console.WriteLine($"seen:  {seen}");
return seen == "5 0 NaN NaN 0" ? 0 : 1;

internal sealed class Row
{
    [LoadColumn(0)] public string User { get; set; } = "";
    [LoadColumn(1)] public float Rating { get; set; }
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
