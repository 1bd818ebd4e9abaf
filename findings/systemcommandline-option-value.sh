#!/usr/bin/env bash
# One would guess that `--out --trec`, with --trec an option too, is an error, because --out lacks its value. System.CommandLine 3.0.0
# (2.0.15 likewise) reads --trec as the value of --out, does not set the switch, and reports no error; an option that requires a value
# takes any next word. `--out= x` is read as `--out x`, a second --out without a value is ignored, and so is a directive such as
# `[parse]` at the start, even if no directive is declared.
# With ArgumentArity.ZeroOrOne the option does not take --trec, but the program itself must check that the value is missing. Our tool does
# so, compares words that begin with two hyphens with its own option names, and refuses each of these lines.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package System.CommandLine@3.0.0
#:property PublishAot=false
using System.CommandLine;

string Read(ArgumentArity arity, string line)
{
    var output = new Option<string>("--out") { Arity = arity };
    var trec = new Option<bool>("--trec") { Arity = ArgumentArity.Zero };
    var result = new Command("tool") { output, trec }.Parse(line.Split(' '));
    return $"out={result.GetValue(output) ?? "null"} trec={result.GetValue(trec)} errors={result.Errors.Count}";
}

Console.WriteLine("System.CommandLine 3.0.0. Guess: an error for each line.");
var asTold = true;
foreach (var (name, arity, line, told) in new[]
{
    ("ExactlyOne", ArgumentArity.ExactlyOne, "--out --trec", "out=--trec trec=False errors=0"),
    ("ExactlyOne", ArgumentArity.ExactlyOne, "--out= x", "out=x trec=False errors=0"),
    ("ExactlyOne", ArgumentArity.ExactlyOne, "--out x --out", "out=x trec=False errors=0"),
    ("ExactlyOne", ArgumentArity.ExactlyOne, "[parse] --out x", "out=x trec=False errors=0"),
    ("ZeroOrOne", ArgumentArity.ZeroOrOne, "--out --trec", "out=null trec=True errors=0"),
})
{
    var seen = Read(arity, line);
    asTold &= seen == told;
    Console.WriteLine($"{name,-10} {line,-15} gives {seen}");
}
return asTold ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
