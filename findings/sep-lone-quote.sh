#!/usr/bin/env bash
# One would guess that a quote inside an unquoted field is an ordinary character, or an error.
# For Sep 0.17.1 every quote opens or closes a quoted part. Between two fields like `5" disk` separators and line ends are literal text,
# so that two rows become one, whose first field is `5" disk,2<newline>7" cable`. The number of columns is right by chance, so no check
# fails. CsvHelper 33.1.0 reports the same text as bad data. Titles with inches are common in a shop's files, ids with quotes are rare.
# Our CSV reader refuses a quote inside an unquoted field with its line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Sep@0.17.1
#:package CsvHelper@33.1.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Globalization;
using CsvHelper;
using nietras.SeparatedValues;

const string Text = "item,rating\n5\" disk,2\n7\" cable,3\n";
List<string> rows = [];
using (var reader = Sep.New(',').Reader().FromText(Text))
{
    foreach (var row in reader)
        rows.Add($"item {row["item"].ToString().Replace("\n", "<newline>")} rating {row["rating"]}");
}

string other;
try
{
    using var reader = new CsvReader(new StringReader(Text), CultureInfo.InvariantCulture);
    while (reader.Read())
        _ = reader.Parser.Record;
    other = "read";
}
catch (BadDataException exception)
{
    other = exception.GetType().Name;
}

Console.WriteLine("Sep 0.17.1, two rows with an inch sign each. Guess: two rows, or an error.");
foreach (var row in rows)
    Console.WriteLine($"row: {row}");
Console.WriteLine($"CsvHelper 33.1.0: {other}");
return rows is ["item 5\" disk,2<newline>7\" cable rating 3"] && other == nameof(BadDataException) ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
