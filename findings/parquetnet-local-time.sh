#!/usr/bin/env bash
# One would guess that a DateTime read back from Parquet has the same clock time or the same kind, so that it is the same instant.
# Parquet.Net 6.1.0 converts a Local time to UTC on writing and reads every time as Unspecified: in Tokyo 03:04 Local is read as 18:04 of
# the day before, but 03:04 Unspecified is read as 03:04. So two equal rows of a column are nine hours apart afterwards.
# Conversely, a timestamp that the file declares to have no zone (as pandas writes) is read as Local, so that ToUniversalTime
# gives another instant on another machine. Our code must use the clock time and never convert by Kind.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Parquet.Net@6.1.0
#:property PublishAot=false
#:property InvariantGlobalization=true
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

if (TimeZoneInfo.Local.BaseUtcOffset != TimeSpan.FromHours(9))
    throw new InvalidOperationException("no data of time zones: Asia/Tokyo is not nine hours ahead of UTC");

var kinds = new[] { DateTimeKind.Local, DateTimeKind.Utc, DateTimeKind.Unspecified };
using var file = new MemoryStream();
await ParquetSerializer.SerializeAsync(kinds.Select(kind => new Row { At = new(2014, 1, 2, 3, 4, 0, kind) }), file);
file.Position = 0;
var read = (await ParquetSerializer.DeserializeAsync<Row>(file)).Data;

Console.WriteLine("Parquet.Net 6.1.0 in the time zone Asia/Tokyo");
for (var i = 0; i < kinds.Length; i++)
    Console.WriteLine($"written 2014-01-02 03:04 {kinds[i],-11}  read {read[i].At:yyyy-MM-dd HH:mm} {read[i].At.Kind}");

using var plain = new MemoryStream();
var field = new DateTimeDataField("At", DateTimeFormat.Timestamp, isAdjustedToUTC: false, unit: DateTimeTimeUnit.Micros);
await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), plain))
{
    using var group = writer.CreateRowGroup();
    await group.WriteAsync<DateTime>(field, new DateTime[] { new(2014, 1, 2, 3, 4, 0) });
    group.CompleteValidate();
}
plain.Position = 0;
var zoneless = (await ParquetSerializer.DeserializeUntypedAsync(plain)).Data[0]["At"] is DateTime time ? time : default;
Console.WriteLine($"TIMESTAMP without a zone, 2014-01-02 03:04  read {zoneless:yyyy-MM-dd HH:mm} {zoneless.Kind}");

return zoneless.Kind == DateTimeKind.Local
    && read[0].At == new DateTime(2014, 1, 1, 18, 4, 0) && read[2].At == new DateTime(2014, 1, 2, 3, 4, 0)
    && read.All(row => row.At.Kind == DateTimeKind.Unspecified) ? 0 : 1;

internal sealed class Row
{
    public DateTime At { get; set; }
}
END
TZ=Asia/Tokyo XDG_DATA_HOME=$folder dotnet run finding.cs
