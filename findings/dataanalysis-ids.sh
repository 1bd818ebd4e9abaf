#!/usr/bin/env bash
# One would guess that a data frame library reads a column of whole numbers from CSV as integers.
# Microsoft.Data.Analysis 0.23.1 reads it as float, which is exact for whole numbers up to 16,777,216 only. Larger ids change silently:
# the users 16777216 and 16777217 become one, and 00123 becomes 123. Grouping by user then merges customers.
# A user who prepares a market with it should pass dataTypes with string for the ids. Our readers read every id as text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package Microsoft.Data.Analysis@0.23.1
#:property PublishAot=false
#:property InvariantGlobalization=true
using Microsoft.Data.Analysis;

var frame = DataFrame.LoadCsvFromString("user,rating\n16777216,5\n16777217,1\n16777219,3\n00123,4\n");
var users = frame.Columns["user"];
var seen = string.Join(' ', users.Cast<object>().Select(user => Convert.ToDouble(user)));
Console.WriteLine("Microsoft.Data.Analysis 0.23.1, DataFrame.LoadCsvFromString, users 16777216 16777217 16777219 00123");
Console.WriteLine($"type   guess Int64 or String   seen {users.DataType.Name}");
Console.WriteLine($"ids    seen {seen}");
Console.WriteLine($"users  guess 4   seen {frame.GroupBy("user").Count().Rows.Count}");
return users.DataType == typeof(float) && seen == "16777216 16777216 16777220 123" && frame.GroupBy("user").Count().Rows.Count == 3 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
