// The benches. Every operation, and training and evaluation as a whole:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- --filter '*'               [--short] [--data DIR]
// The engine compared with this machine's peak rates and with its peers, as one table:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- summary                   [--short] [--data DIR]
// The linear algebra alone, compared with OpenBLAS, numpy and MathNet.Numerics, as at the end of the summary:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- linear-algebra            [--short]
// forec+ alone, its item bags compared with PyTorch and, with --data, the time of the whole method, as at the end of the summary:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- forec+                    [--short] [--data DIR]
// The cost of a sample, a row and an iteration from 10,000 rows to 10 million, as a table and a plot (default: scale.svg):
//   dotnet run -c Release --project bench/ForecEngine.Bench -- scale                     [--short] [--plot FILE.svg]
// What a row and a user add to the peak memory:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- scale --memory
// The round trip of a cache line between two processors, in nanoseconds:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- round-trip
// The nDCG of fold-in compared with training, on XMarket's markets:
//   dotnet run -c Release --project bench/ForecEngine.Bench -- fold-in                   --data DIR
// Without --data, other markets are synthetic, of the sizes of XMarket's ca and uk.

using System.Globalization;
using BenchmarkDotNet.Running;
using ForecEngine.Bench;
using ForecEngine.Bench.Scale;
using ForecEngine.Bench.Scoring;
using ForecEngine.Bench.Summary;

List<string> rest = [.. args];
bool isShort = rest.Remove("--short");
int data = rest.IndexOf("--data");
if (data >= 0)
{
    if (data + 1 == rest.Count)
    {
        Console.Error.WriteLine("--data: a directory of markets is missing");
        return 2;
    }

    BenchMarkets.Directory = rest[data + 1];
    rest.RemoveRange(data, 2);
}

if (rest is ["summary", ..])
{
    if (rest.Count > 1)
    {
        Console.Error.WriteLine($"summary: '{rest[1]}' is neither --short nor --data DIR");
        return 2;
    }

    SpeedSummary.Print(isShort, Console.Out, Console.Error);
    return 0;
}

switch (rest)
{
    case ["fold-in"] when BenchMarkets.Directory is { } directory:
        FoldInTable.Print(directory, Console.Out);
        return 0;
    case ["fold-in", ..]:
        Console.Error.WriteLine("fold-in: it needs XMarket's files: fold-in --data DIR");
        return 2;
    case ["round-trip"] when Environment.ProcessorCount < 2:
        Console.Error.WriteLine("round-trip: it needs two processors");
        return 2;
    case ["round-trip"]:
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RoundTrip.Nanoseconds():F0}"));
        return 0;
    case ["linear-algebra"]:
        LinearAlgebraSummary.Print(isShort, Console.Out, Console.Error);
        return 0;
    case ["forec+"]:
        ForecPlusSummary.Print(isShort, Console.Out, Console.Error);
        return 0;
    case ["scale"]:
        ScaleTable.Print(isShort, "scale.svg", Console.Out, Console.Error);
        return 0;
    case ["scale", "--plot", { } plot]:
        ScaleTable.Print(isShort, plot, Console.Out, Console.Error);
        return 0;
    case ["scale", "--memory"]:
        MemoryTable.Print(Console.Out, Console.Error);
        return 0;
    case ["scale", { } other, ..]:
        Console.Error.WriteLine($"scale: '{other}' is not --short, --memory or --plot FILE");
        return 2;
    case [ScaleTable.PointVerb, { } rows, { } users, { } threads]:
        Console.WriteLine(ScalePoint.Measure(Whole(rows), Whole(users), Whole(threads)).ToJson());
        return 0;
}

return BenchmarkSwitcher.FromAssembly(typeof(BenchDevice).Assembly).Run([.. rest], new BenchConfig(isShort))
    .All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;

static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
