#!/usr/bin/env bash
# One would guess that a list of strings read from Parquet has the elements that were written, including nulls, and that an empty list is
# empty. Parquet.Net 6.1.0 writes them, as the definition levels in the file show, but its deserializer drops the nulls and returns null
# for the empty list. ["a", null, "c"] is read as ["a", "c"]: the third element becomes the second, so that a parallel list, such as the
# items' scores, no longer matches. Our Parquet files only have flat columns; a user who reads lists should use flat columns or raw levels.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Parquet.Net@6.1.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using Parquet;
using Parquet.Serialization;

Row[] rows = [new() { Items = ["a", null, "c"] }, new() { Items = [] }, new() { Items = null }];
using var file = new MemoryStream();
await ParquetSerializer.SerializeAsync(rows, file);

file.Position = 0;
await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true);
using var group = reader.OpenRowGroupReader(0);
using var raw = await group.ReadRawColumnDataBaseAsync(reader.Schema.GetDataFields()[0]);
var levels = string.Join(' ', raw.DefinitionLevels.ToArray());

file.Position = 0;
var read = await ParquetSerializer.DeserializeAsync<Row>(file);

string Text(Row row) => row.Items is null ? "null" : $"[{string.Join(", ", row.Items.Select(item => item ?? "null"))}]";
var seen = string.Join("  ", read.Data.Select(Text));
Console.WriteLine("Parquet.Net 6.1.0, three lists of strings");
Console.WriteLine($"written           {string.Join("  ", rows.Select(Text))}");
Console.WriteLine($"read              {seen}");
Console.WriteLine($"levels in file    {levels}   (3 a string, 2 a null in a list, 1 an empty list, 0 no list)");
return seen == "[a, c]  null  null" && levels == "3 2 3 1 0" ? 0 : 1;

internal sealed class Row
{
    public List<string?>? Items { get; set; }
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
