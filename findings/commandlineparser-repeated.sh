#!/usr/bin/env bash
# One would guess that a library for command lines refuses an option that lacks its value, one that is given twice, and a value
# given to a switch. CommandLineParser 2.9.1 with AllowMultiInstance, which lists need to be repeated (`--source ca --source uk`),
# accepts all three without an error: after `--out --trec` the value of out is null, after `--out x --out y` it is y, and `--trec=false`
# sets trec. Without AllowMultiInstance it refuses a repeated option, but also a repeated list; the other two are still accepted.
# A run would write no files, or write them elsewhere, without a message. Our tool refuses all three in one line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package CommandLineParser@2.9.1
#:property PublishAot=false
using CommandLine;

var parser = new Parser(settings =>
{
    settings.HelpWriter = null;
    settings.AllowMultiInstance = true;
});

string Read(string line)
{
    var seen = "";
    parser.ParseArguments<Arguments>(line.Split(' '))
        .WithParsed(a => seen = $"out={a.Out ?? "null"} trec={a.Trec} source={string.Join(',', a.Source)}")
        .WithNotParsed(errors => seen = string.Join(' ', errors.Select(error => error.Tag)));
    return seen;
}

Console.WriteLine("CommandLineParser 2.9.1, AllowMultiInstance. Guess: an error for each line but the first.");
var asTold = true;
foreach (var (line, told) in new[]
{
    ("--source ca --source uk", "out=null trec=False source=ca,uk"), ("--out --trec", "out=null trec=True source="),
    ("--out x --out y", "out=y trec=False source="), ("--trec=false", "out=null trec=True source="),
})
{
    var seen = Read(line);
    asTold &= seen == told;
    Console.WriteLine($"{line,-23} gives {seen}");
}
return asTold ? 0 : 1;

internal sealed class Arguments
{
    [Option("out")] public string? Out { get; set; }
    [Option("trec")] public bool Trec { get; set; }
    [Option("source")] public IEnumerable<string> Source { get; set; } = [];
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
