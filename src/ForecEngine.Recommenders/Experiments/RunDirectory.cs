// What a run leaves behind, in a directory of its own: result.json, model.safetensors with the ids of its rows and the
// optimiser's state beside it, and TREC files on request. Every file is written whole or not at all.

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The files of a run.</summary>
/// <param name="path">The directory.</param>
public sealed class RunDirectory(string path)
{
    /// <summary>The key of the experiment's record among a checkpoint's metadata.</summary>
    public const string ExperimentKey = "experiment";

    private const string ModelFile = "model.safetensors", AdaptedFile = "adapted.safetensors", RowsFileName = "rows.tsv";

    /// <summary>The checkpoint that a path names: a run's folder holds one.</summary>
    public static string ModelPath(string path) => Directory.Exists(path) ? Path.Combine(path, ModelFile) : path;

    /// <summary>Where a run leaves its meta-learned model as adapted to the target; null beside a checkpoint that no run calls so.</summary>
    public static string? AdaptedPath(string model) => Beside(model, AdaptedFile);

    /// <summary>Where a run leaves the target's rows; null beside a checkpoint that no run calls so.</summary>
    public static string? RowsPath(string model) => Beside(model, RowsFileName);

    /// <summary>The ids file that belongs to a checkpoint.</summary>
    public static string IdsPath(string model) => Path.ChangeExtension(model, ".ids.tsv");

    /// <summary>Fails now rather than after an hour of training, if files cannot be written here. Leaves nothing behind.</summary>
    /// <exception cref="IOException">The directory cannot be made or written to.</exception>
    public void Probe()
    {
        if (File.Exists(path))
            throw new IOException($"{path}: is a file, a directory is needed");
        List<DirectoryInfo> made = [];
        for (DirectoryInfo? directory = new(path); directory is { Exists: false }; directory = directory.Parent)
            made.Add(directory);
        try
        {
            Directory.CreateDirectory(path);
            AtomicFile.Probe(Path.Combine(path, "result.json"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: cannot be written ({exception.Message})", exception);
        }
        finally
        {
            foreach (DirectoryInfo directory in made.Where(directory => Directory.Exists(directory.FullName)))
                directory.Delete();
        }
    }

    /// <summary>The result.json of a run of the same experiment that finished here, or null.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="metrics">What it must have measured.</param>
    /// <param name="trec">Whether it must have written TREC files.</param>
    public JsonObject? Finished(Experiment experiment, IReadOnlyList<Metric> metrics, bool trec)
    {
        string result = Path.Combine(path, "result.json");
        if (!File.Exists(result) || (trec && !File.Exists(Path.Combine(path, "test.run"))))
            return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(result)) is JsonObject json
                && JsonNode.DeepEquals(json["experiment"], JsonSerializer.SerializeToNode(experiment, Experiment.JsonOptions))
                && (json["not_evaluated"] is not null || metrics.All(metric => json["test"]?[metric.Name] is not null)) ? json : null;
        }
        catch (JsonException)
        {
            return null; // not one of ours, or not whole: the run that follows writes another
        }
    }

    /// <summary>Writes everything.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="rows">The target's rows.</param>
    /// <param name="result">Its result.json.</param>
    /// <param name="trec">Whether TREC files are wanted.</param>
    public void Write(ExperimentOutcome outcome, Ratings rows, JsonObject result, bool trec)
    {
        Directory.CreateDirectory(path);
        string model = Path.Combine(path, ModelFile);
        string record = JsonSerializer.Serialize(outcome.Experiment, Experiment.JsonOptions);
        Dictionary<string, string> metadata = new() { [ExperimentKey] = record, ["format"] = "pt" };
        ModelCheckpoint.Write(model, outcome.Model, metadata);
        outcome.WhileAdapted?.Invoke(() => ModelCheckpoint.Write(Path.Combine(path, AdaptedFile), outcome.Model, metadata));
        RowsFile.Write(Path.Combine(path, RowsFileName), rows, outcome.TargetMarket.Splits);
        outcome.Tables.Write(IdsPath(model));
        SafetensorsFile.Write(
            Path.Combine(path, "optimiser.safetensors"), [.. outcome.Optimiser is AdamOptimiser adam ? State(adam) : []],
            outcome.Optimiser is AdamOptimiser { Steps: int steps } ? new Dictionary<string, string> { ["optimiser"] = "adam", ["steps"] = $"{steps}" } : new() { ["optimiser"] = "sgd" });
        if (trec)
        {
            if (outcome.Test is { } test)
                WriteTrec("test", test, outcome.Experiment.Method);
            if (outcome.Valid is { } valid)
                WriteTrec("valid", valid, outcome.Experiment.Method);
        }

        AtomicFile.Write(Path.Combine(path, "result.json"), stream => stream.Write(Encoding.UTF8.GetBytes(ResultFile.Text(result))));
    }

    /// <summary>Writes <c>NAME.run</c> and <c>NAME.qrels</c>.</summary>
    public void WriteTrec(string name, RankedLists ranked, string tag)
    {
        Directory.CreateDirectory(path);
        TrecFile.WriteRun(Path.Combine(path, $"{name}.run"), ranked, tag);
        TrecFile.WriteQrels(Path.Combine(path, $"{name}.qrels"), ranked);
    }

    // Beside a checkpoint of another name lie files of anybody's.
    private static string? Beside(string model, string name) =>
        Path.GetFileName(model) == ModelFile ? Path.Combine(Path.GetDirectoryName(model) ?? "", name) : null;

    private static IEnumerable<SafeTensor> State(AdamOptimiser optimiser)
    {
        foreach ((Parameter parameter, Slice<Real> first, Slice<Real> second) in optimiser.State)
        {
            foreach ((string moment, Slice<Real> values) in ((string, Slice<Real>)[])[("exp_avg", first), ("exp_avg_sq", second)])
                yield return SafeTensor.Of($"{moment}.{parameter.Name}", values, [.. parameter.Shape]);
        }
    }
}
