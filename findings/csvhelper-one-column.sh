#!/usr/bin/env bash
# One would guess that a CSV library reads back as many records as it wrote.
# CsvHelper 33.1.0 writes an empty string in a file of one column as an empty line, and its reader skips empty lines by default.
# "a", "", "b" comes back as "a", "b". If the line number is an item's row number, all later items are silently shifted.
# A user who writes such a list of titles beside our ids should set IgnoreBlankLines to false, or quote all fields.
# Our own side files have two columns or more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package CsvHelper@33.1.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Globalization;
using CsvHelper;

string[] titles = ["a", "", "b"];
var text = new StringWriter();
using (var writer = new CsvWriter(text, CultureInfo.InvariantCulture))
    writer.WriteRecords(titles.Select(title => new Row { Title = title }));

string[] read;
using (var reader = new CsvReader(new StringReader(text.ToString()), CultureInfo.InvariantCulture))
    read = [.. reader.GetRecords<Row>().Select(row => row.Title)];

Console.WriteLine("CsvHelper 33.1.0, one column");
Console.WriteLine($"written: {titles.Length} records: {string.Join(", ", titles.Select(title => $"'{title}'"))}");
Console.WriteLine($"read:    {read.Length} records: {string.Join(", ", read.Select(title => $"'{title}'"))}");
return read is ["a", "b"] ? 0 : 1;

internal sealed class Row
{
    public string Title { get; set; } = "";
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
