#!/usr/bin/env bash
# One would guess that "F4" and "0.0000" print the same digits, and that Math.Round to four places agrees with them. .NET 10 prints 0.03125
# (a hit rate of 1 in 32) as 0.0312 with "F4", as C's printf does, and as 0.0313 with "0.0000"; a decimal gives 0.0313 even with "F4".
# Math.Round(0.12345, 4) is 0.1234, but "F4" prints 0.1235. They handle ties differently, so two tables of the same result can differ in
# the last digit. Our tables use "F4" and agree with trec_eval, which uses printf; a user who formats the numbers of result.json should
# use "F4" too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:property PublishAot=false
#:property InvariantGlobalization=true
Console.WriteLine($".NET {Environment.Version}");
var asTold = true;
foreach (var (value, told) in new[]
{
    (0.03125, "0.0312 0.0313 0.0313 0.0312"), (0.15625, "0.1562 0.1563 0.1563 0.1562"), (0.12345, "0.1235 0.1235 0.1235 0.1234"),
})
{
    var seen = $"{value.ToString("F4")} {value.ToString("0.0000")} {((decimal)value).ToString("F4")} {Math.Round(value, 4)}";
    asTold &= seen == told;
    Console.WriteLine($"{value}: F4, 0.0000, F4 of the decimal and Math.Round give {seen}");
}
return asTold ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
awk 'BEGIN { printf "printf gives %.4f, %.4f and %.4f\n", 0.03125, 0.15625, 0.12345 }'
