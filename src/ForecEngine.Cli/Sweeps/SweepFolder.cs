// The files of a sweep:
//   OUT/grid.json                  the grid that reproduce has made
//   OUT/manifest.json              the tasks
//   OUT/markets.json               the sizes of the markets, for the report
//   OUT/cells/DIGEST/              a cell, as train writes a run, but without times, threads, memory and device in result.json
//   OUT/cells/DIGEST.timing.json   these
//   OUT/stages/                    the cache of stages that cells share; DIGEST.json names the files of a stage task that is done
//   OUT/work/DIGEST/               checkpoints of a stage in training
//   OUT/results.csv                all finished cells
//   OUT/jobs/, OUT/logs/           scripts, lists of tasks and logs of Slurm jobs

using System.Text.Json;

namespace ForecEngine.Cli.Sweeps;

internal sealed class SweepFolder(string path)
{
    /// <summary>The names of the folders of Slurm jobs.</summary>
    public const string Jobs = "jobs", Logs = "logs";

    private const string StageSchema = "forec.stage/1", Files = "files";

    public string Grid => Path.Combine(path, "grid.json");

    public string Manifest => Path.Combine(path, "manifest.json");

    public string Markets => Path.Combine(path, "markets.json");

    public string Results => Path.Combine(path, "results.csv");

    public string Stages => Path.Combine(path, "stages");

    /// <summary>Creates the folder and checks that it can be written to.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void Probe()
    {
        try
        {
            if (File.Exists(path))
                throw new IOException($"{path}: is a file; expects a directory");
            Directory.CreateDirectory(Path.Combine(path, "cells"));
            AtomicFile.Probe(Manifest);
            AtomicFile.Probe(Path.Combine(path, "cells", "probe"));
            RemoveIncomplete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--out: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a file of the plan, unless it has this content already. So a sweep that continues does not write it.</summary>
    public static void WriteIfChanged(string file, JsonObject json)
    {
        if (!File.Exists(file) || File.ReadAllText(file) != ResultFile.Text(json))
            ResultFile.Write(file, json);
    }

    // Removes the temporary files of killed processes. Those that another sweep is writing stay.
    private void RemoveIncomplete()
    {
        string[] own = [.. ((string[])[Grid, Manifest, Markets, Results]).Select(file => Path.GetFileName(file))];
        AtomicFile.Sweep(path, own.Contains, alone: false);
        foreach (string folder in (string[])[Path.Combine(path, "cells"), Stages])
        {
            if (Directory.Exists(folder))
                AtomicFile.Sweep(folder, name => name.EndsWith(".json", StringComparison.Ordinal), alone: false);
        }
    }

    /// <summary>The run directory of a cell.</summary>
    public string CellOf(SweepTask task) => Path.Combine(path, "cells", task.Digest);

    /// <summary>The folder with the checkpoints of a stage in training.</summary>
    public string WorkOf(SweepTask task) => Path.Combine(path, "work", task.Digest);

    /// <summary>Whether a task has finished.</summary>
    public bool IsDone(SweepTask task) => task.Kind == TaskKind.Stage ? HasStage(task) : Result(task) is not null;

    /// <summary>The result of a cell; null if it has not finished, or if a file is damaged.</summary>
    public JsonObject? Result(SweepTask task)
    {
        Experiment planned = task.Experiment;
        string cell = CellOf(task);
        if (!HasResult(task))
            return null;
        if (planned.Arithmetic == "cpu")
            return RunDirectory.FinishedIn(cell, planned, Metric.Default);

        // The name of a GPU is known only where it is.
        return RunDirectory.ArithmeticOf(cell) is { } arithmetic
            ? RunDirectory.FinishedIn(cell, planned with { Arithmetic = arithmetic }, Metric.Default) : null;
    }

    /// <summary>Whether a cell has a result, which may be damaged.</summary>
    public bool HasResult(SweepTask task) => File.Exists(RunDirectory.ResultPath(CellOf(task)));

    /// <summary>Writes what a cell's result leaves out.</summary>
    public void WriteTiming(SweepTask task, JsonObject timing) => ResultFile.Write($"{CellOf(task)}.timing.json", timing);

    /// <summary>Records that a stage task is done.</summary>
    /// <param name="task">The task.</param>
    /// <param name="files">The files of its stages.</param>
    public void WriteStage(SweepTask task, IEnumerable<string> files) => ResultFile.Write(MarkOf(task), new JsonObject
    {
        ["schema"] = StageSchema,
        ["name"] = task.Name,
        [Files] = new JsonArray([.. files.Select(file => (JsonNode)Path.GetFileName(file))]),
    });

    private bool HasStage(SweepTask task)
    {
        try
        {
            return File.Exists(MarkOf(task)) && JsonNode.Parse(File.ReadAllText(MarkOf(task))) is JsonObject mark
                && (string?)mark["schema"] == StageSchema
                && mark[Files] is JsonArray files && files.All(file => File.Exists(Path.Combine(Stages, $"{file}")));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException)
        {
            return false; // a damaged file; the task is done again, and takes the stages from the cache
        }
    }

    private string MarkOf(SweepTask task) => Path.Combine(Stages, $"{task.Digest}.json");
}
