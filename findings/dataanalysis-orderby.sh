#!/usr/bin/env bash
# One would guess that OrderBy of a .NET data frame is stable, since LINQ's OrderBy is.
# OrderBy of Microsoft.Data.Analysis 0.23.1 keeps the order of equal rows up to 16 rows and mixes them from 17 on; OrderByDescending
# mixes even four. A small test of OrderBy does not show it.
# Dates in ratings are often days, so a customer has several rows with one date: leave-one-out after such a sort holds out another row.
# We sort by time and then by the place in the file (docs/methods.md).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Microsoft.Data.Analysis@0.23.1
#:property PublishAot=false
#:property InvariantGlobalization=true
using Microsoft.Data.Analysis;

string Sorted(int rows, bool descending)
{
    var frame = new DataFrame(
        new Int32DataFrameColumn("day", Enumerable.Repeat(1, rows)), new Int32DataFrameColumn("row", Enumerable.Range(0, rows)));
    var sorted = descending ? frame.OrderByDescending("day") : frame.OrderBy("day");
    return string.Join(' ', sorted.Columns["row"].Cast<int>());
}

string InOrder(int rows) => string.Join(' ', Enumerable.Range(0, rows));

Console.WriteLine("Microsoft.Data.Analysis 0.23.1, rows of one day sorted by day. Guess: they stay in order.");
Console.WriteLine($"OrderBy, 16 rows:           {Sorted(16, descending: false)}");
Console.WriteLine($"OrderBy, 17 rows:           {Sorted(17, descending: false)}");
Console.WriteLine($"OrderByDescending, 4 rows:  {Sorted(4, descending: true)}");
return Sorted(16, false) == InOrder(16) && Sorted(17, false) != InOrder(17) && Sorted(4, true) != InOrder(4) ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
