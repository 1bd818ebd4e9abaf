// The costs of reading, training and evaluation for markets from 10,000 to 10 million rows. Every size is measured in its own process, so
// that the peak memory is that of the size. Each round measures all sizes, and a time is the minimum over the rounds, because other load
// only adds to it. Sizes above a million rows, which take minutes, have two rounds.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;

namespace ForecEngine.Bench.Scale;

/// <summary>Measures and prints.</summary>
internal static class ScaleTable
{
    /// <summary>The verb by which this program measures one size in a child process.</summary>
    public const string PointVerb = "scale-point";

    private const int MostOfAllRounds = 1_000_000;
    private const int RoundsOfTheLargest = 2;

    private static readonly int[] s_rows = [10_000, 30_000, 100_000, 300_000, 1_000_000, SyntheticMarket.Us.Ratings, 10_000_000];

    /// <summary>Measures, prints the table and writes the plot.</summary>
    /// <param name="isShort">Whether to measure one round only, of sizes up to a million rows.</param>
    /// <param name="plot">The SVG file of the plot.</param>
    /// <param name="output">Receives the table.</param>
    /// <param name="error">Receives progress.</param>
    public static void Print(bool isShort, string plot, TextWriter output, TextWriter error)
    {
        int rounds = isShort ? 1 : 3, threads = Environment.ProcessorCount;
        int[] sizes = [.. s_rows.Where(rows => !isShort || rows <= MostOfAllRounds)];
        List<ScalePoint> measured = [];
        for (int round = 1; round <= rounds; round++)
        {
            foreach (int rows in sizes.Where(rows => rows <= MostOfAllRounds || round <= RoundsOfTheLargest))
            {
                error.WriteLine(Text($"round {round} of {rounds}, {rows:N0} rows"));
                measured.Add(Run(rows, SyntheticMarket.LikeUs(rows).Users, threads));
            }
        }

        ScalePoint[] points = [.. sizes.Select(rows => Fastest([.. measured.Where(point => point.Rows == rows)]))];
        using SimdDevice device = new(threads);
        output.Write(Text($"{device.Name}, {threads} threads, .NET {Environment.Version}; {DateTime.UtcNow:yyyy-MM-dd}; "));
        output.WriteLine(Text($"the fastest of {rounds} rounds, above a million rows of {Math.Min(rounds, RoundsOfTheLargest)}"));
        output.WriteLine();
        output.Write("| rows | users | items | read, s | ns a row | epoch of nmf, s | ns a sample ");
        output.WriteLine("| 100 candidates a user, s | ns each | peak MB | MAML rounds/s |");
        output.WriteLine("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (ScalePoint p in points)
        {
            output.Write(Text($"| {p.Rows:N0} | {p.Users:N0} | {p.Items:N0} | {p.ReadSeconds:F2} | {p.RowNanoseconds:N0} | "));
            output.Write(Text($"{p.EpochSeconds:F2} | {p.SampleNanoseconds:N0} | {p.EvaluationSeconds:F2} | "));
            output.WriteLine(Text($"{p.CandidateNanoseconds:N0} | {p.PeakBytes / 1e6:N0} | {1 / p.MetaSeconds:N0} |"));
        }

        ScalePlot.Write(points, plot);
        error.WriteLine($"{plot} is written");
    }

    /// <summary>Measures a market in a process of its own.</summary>
    public static ScalePoint Run(int rows, int users, int threads)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(ScaleTable).Assembly.Location);
        foreach (string argument in (string[])[PointVerb, Text($"{rows}"), Text($"{users}"), Text($"{threads}")])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        string line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? ScalePoint.FromJson(line)
            : throw new InvalidOperationException(Text($"measuring {rows} rows ended with status {process.ExitCode}"));
    }

    private static ScalePoint Fastest(IReadOnlyList<ScalePoint> rounds) => rounds[0] with
    {
        ReadSeconds = rounds.Min(point => point.ReadSeconds),
        EpochSeconds = rounds.Min(point => point.EpochSeconds),
        EvaluationSeconds = rounds.Min(point => point.EvaluationSeconds),
        PeakBytes = rounds.Max(point => point.PeakBytes),
        MetaSeconds = rounds.Min(point => point.MetaSeconds),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
