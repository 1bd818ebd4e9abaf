// Runs a peer's script of bench/Peers and reads the figures that it prints, one JSON object per line.

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ForecEngine.Bench.Summary;

/// <summary>A rate that a peer measured.</summary>
/// <param name="What">
/// <c>training</c>, in samples a second; <c>fomaml</c>, in iterations a second; or a calculation of linear_algebra.py, in calls a second.
/// </param>
/// <param name="Library">The library and its version.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Rate">The rate.</param>
internal sealed record PeerFigure(string What, string Library, int Threads, double Rate);

/// <summary>The result of running a peer.</summary>
/// <param name="Name">The script.</param>
/// <param name="Threads">The requested number of threads.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Missing">The reason if a figure is missing, in one line.</param>
internal sealed record PeerResult(string Name, int Threads, IReadOnlyList<PeerFigure> Figures, string Missing)
{
    /// <summary>The medians over several runs of a peer.</summary>
    public static PeerResult Median(IReadOnlyList<PeerResult> rounds) => rounds[0] with
    {
        Figures =
        [
            .. rounds.SelectMany(round => round.Figures).GroupBy(figure => figure.What).Select(
                figures => figures.First() with { Rate = figures.ToArray().Median(figure => figure.Rate) }),
        ],
    };
}

/// <summary>Runs peers.</summary>
internal static class Peer
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a script on samples.</summary>
    public static PeerResult Run(string script, PeerSamples samples, int threads, double seconds) => Run(
        script, threads, [("--users", samples.Users), ("--items", samples.Items), ("--seconds", seconds)], samples.Files);

    /// <summary>Runs a script with options and files.</summary>
    public static PeerResult Run(string script, int threads, IEnumerable<(string Name, double Value)> options, IEnumerable<string> files)
    {
        ProcessStartInfo start = new(Path.Combine(Directory(), script)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string option, double value) in options.Prepend(("--threads", threads)))
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(value.ToString(CultureInfo.InvariantCulture));
        }

        foreach (string file in files)
            start.ArgumentList.Add(file);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start");
        Task<string> error = process.StandardError.ReadToEndAsync();
        PeerFigure[] figures =
        [
            .. process.StandardOutput.ReadToEnd().Split('\n').Where(line => line.StartsWith('{'))
                .Select(line => JsonSerializer.Deserialize<PeerFigure>(line, s_json)).OfType<PeerFigure>(),
        ];
        process.WaitForExit();
        string reason = error.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()
            ?? $"{script} ended with status {process.ExitCode}";
        return new PeerResult(script, threads, figures, reason);
    }

    private static string Directory()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "ForecEngine.sln")))
                return Path.Combine(directory.FullName, "bench", "Peers");
        }

        throw new DirectoryNotFoundException($"no ForecEngine.sln above {AppContext.BaseDirectory}");
    }
}
