#!/usr/bin/env bash
# One would guess that an option of type double, parsed under the invariant culture, refuses "0,005" or reads it as 0.005.
# CommandLineParser 2.9.1 reads 5 and reports no error: it allows thousands separators and does not check their positions.
# For an option of type int it refuses "1,000", so the two disagree. A user with decimal commas trains with a learning rate of 5.
# Our tool declares numbers as text and parses them itself, without thousands separators: `--learning-rate 0,005` is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package CommandLineParser@2.9.1
#:property PublishAot=false
using System.Globalization;
using CommandLine;

var parser = new Parser(settings =>
{
    settings.HelpWriter = null;
    settings.ParsingCulture = CultureInfo.InvariantCulture;
});

string Read(string option, string text)
{
    var seen = "";
    parser.ParseArguments<Arguments>([option, text])
        .WithParsed(a => seen = (option == "--rate" ? a.Rate : a.Epochs).ToString("R", CultureInfo.InvariantCulture))
        .WithNotParsed(errors => seen = errors.First().Tag.ToString());
    return seen;
}

Console.WriteLine("CommandLineParser 2.9.1, invariant culture. Guess for 0,005: an error, or 0.005.");
var asTold = true;
foreach (var (option, text, told) in new[]
{
    ("--rate", "0.005", "0.005"), ("--rate", "0,005", "5"), ("--rate", "1,5", "15"), ("--rate", "5,", "5"),
    ("--epochs", "1,000", "BadFormatConversionError"),
})
{
    var seen = Read(option, text);
    asTold &= seen == told;
    Console.WriteLine($"{option} {text,-6} gives {seen}");
}
return asTold ? 0 : 1;

internal sealed class Arguments
{
    [Option("rate")] public double Rate { get; set; }
    [Option("epochs")] public int Epochs { get; set; }
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
