// The output directory of a run, which is locked while the run lasts. It has result.json, model.safetensors, the ids of the model's rows,
// the optimiser's state and, on request, TREC files. Every file is complete or absent, and files of two runs never mix. New files are
// written to a temporary subdirectory, so that a full disk leaves the previous run intact. Then the previous run's files are removed,
// result.json first, and the new files are moved into place, result.json last.

using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The files of a run.</summary>
public sealed class RunDirectory : IDisposable
{
    /// <summary>The key of the experiment's record in a checkpoint's metadata.</summary>
    public const string ExperimentKey = "experiment";

    private const string Result = "result.json", Model = "model.safetensors", Optimiser = "optimiser.safetensors";
    private const string Incoming = ".forec.new";
    private const string Adapted = "adapted.safetensors", Rows = "rows.tsv", PerUser = "per-user.csv";
    private const long LongestResult = 1 << 26;

    private readonly string _path;
    private readonly IReadOnlyList<string>? _only;
    private readonly IReadOnlyList<DirectoryInfo> _made;
    private readonly DirectoryLock _lock;

    private RunDirectory(string path, IReadOnlyList<string>? only, IReadOnlyList<DirectoryInfo> made, DirectoryLock held) =>
        (_path, _only, _made, _lock) = (path, only, made, held);

    /// <summary>All files that a run may write besides stages, in the order in which an earlier run's are removed.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [Result, Model, "model.ids.tsv", Optimiser, Adapted, Rows, PerUser, "test.run", "test.qrels", "valid.run", "valid.qrels",
            .. ListFiles("test"), .. ListFiles("valid")];

    /// <summary>The checkpoint at a path: the file itself, or the one in a run's directory.</summary>
    public static string ModelPath(string path) => Directory.Exists(path) ? Path.Combine(path, Model) : path;

    /// <summary>The path of the model adapted to the target; null if the checkpoint does not have the name that runs use.</summary>
    public static string? AdaptedPath(string model) => Beside(model, Adapted);

    /// <summary>The path of the target's rows; null if the checkpoint does not have the name that runs use.</summary>
    public static string? RowsPath(string model) => Beside(model, Rows);

    /// <summary>The path of a run's result.</summary>
    /// <param name="run">The run's directory.</param>
    public static string ResultPath(string run) => Path.Combine(run, Result);

    /// <summary>The path of the values of each user.</summary>
    /// <param name="run">The run's directory.</param>
    public static string PerUserPath(string run) => Path.Combine(run, PerUser);

    /// <summary>The ids file that belongs to a checkpoint.</summary>
    public static string IdsPath(string model) => Path.ChangeExtension(model, ".ids.tsv");

    /// <summary>
    /// Locks a directory for a run, and creates it if it does not exist. Fails before training if files cannot be written here. Removes
    /// incomplete files of killed runs. <see cref="Dispose"/> removes a new directory that is still empty.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="only">The files that will be written; null for all files of a run.</param>
    /// <exception cref="IOException">The directory cannot be created or written to, or another run is using it.</exception>
    public static RunDirectory Open(string path, IReadOnlyList<string>? only = null)
    {
        if (File.Exists(path))
            throw new IOException($"{path}: is a file; expects a directory");
        List<DirectoryInfo> made = [];
        for (DirectoryInfo? directory = new(Path.GetFullPath(path)); directory is { Exists: false }; directory = directory.Parent)
            made.Add(directory);
        DirectoryLock held;
        try
        {
            held = DirectoryLock.TryTake(path) ?? throw new DirectoryInUseException(path);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not DirectoryInUseException)
        {
            RemoveEmpty(made);
            throw new IOException($"{path}: cannot be written ({exception.Message})", exception);
        }

        RunDirectory run = new(path, only, made, held);
        try
        {
            run.Probe();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>The existing files that the run will replace; for all files of a run also <c>stages</c>, if there are any.</summary>
    public IReadOnlyList<string> Present()
    {
        List<string> present = [.. Written.Where(name => File.Exists(In(name)))];
        if (_only is null && StageStore.OfRun(_path).Stages().Any())
            present.Add("stages");
        return present;
    }

    /// <summary>The arithmetic of the stages in the directory or, if there are none, of its model; null without a record.</summary>
    public string? Arithmetic()
    {
        // A run adds to its arithmetic when it is resumed on another device, so the longest is the latest.
        if (StageStore.OfRun(_path).Stages().Select(stage => ArithmeticIn(stage.Metadata)).MaxBy(found => found?.Length ?? 0) is { } latest)
            return latest;
        return ArithmeticOf(_path);
    }

    /// <summary>The arithmetic of the model in a directory that is not locked; null without a record.</summary>
    /// <param name="path">The directory.</param>
    public static string? ArithmeticOf(string path)
    {
        try
        {
            return ArithmeticIn(SafetensorsFile.ReadMetadata(ModelPath(path)));
        }
        catch (CheckpointException)
        {
            return null; // no model, or a damaged one, which the next run replaces
        }
    }

    /// <summary>Lists how the experiment of the stages in the directory differs from another.</summary>
    /// <param name="experiment">The other experiment.</param>
    /// <returns>The differences, empty for the same experiment; null if there are no stages.</returns>
    public IReadOnlyList<string>? Unfinished(Experiment experiment)
    {
        string record = experiment.ToJson();
        string?[] there = [.. StageStore.OfRun(_path).Stages().Select(stage => stage.Metadata.GetValueOrDefault(ExperimentKey))];
        return there.Length == 0 ? null : [.. there.SelectMany(other => RecordDifference.Between(other, record)).Distinct()];
    }

    /// <summary>Lists how the experiment of the files in the directory differs from another.</summary>
    /// <param name="experiment">The other one.</param>
    /// <returns>The differences; empty for the same experiment, or if neither the model nor result.json has a record.</returns>
    public IReadOnlyList<string> Differences(Experiment experiment)
    {
        try
        {
            return RecordDifference.Between(SafetensorsFile.ReadMetadata(In(Model)).GetValueOrDefault(ExperimentKey), experiment.ToJson());
        }
        catch (CheckpointException exception)
        {
            // A model that cannot be read counts as another experiment's, unless result.json has the record.
            return ReadResult(_path)?["experiment"] is { } record ? RecordDifference.Between(record.ToJsonString(), experiment.ToJson())
                : File.Exists(In(Model)) ? [exception.Problem] : [];
        }
    }

    /// <summary>The result.json of a finished run of the same experiment with all its files, or null.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="metrics">The metrics that it must contain.</param>
    /// <param name="trec">Whether the files that <c>--trec</c> writes are required.</param>
    /// <param name="candidates">Whether the files that <c>--save-candidates</c> writes are required.</param>
    public JsonObject? Finished(Experiment experiment, IReadOnlyList<Metric> metrics, bool trec, bool candidates = false) =>
        FinishedIn(_path, experiment, metrics, trec, candidates);

    /// <summary>The same for a directory that is not locked.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="experiment">The record.</param>
    /// <param name="metrics">The metrics that it must contain.</param>
    /// <param name="trec">Whether the files that <c>--trec</c> writes are required.</param>
    /// <param name="candidates">Whether the files that <c>--save-candidates</c> writes are required.</param>
    public static JsonObject? FinishedIn(
        string path, Experiment experiment, IReadOnlyList<Metric> metrics, bool trec = false, bool candidates = false)
    {
        try
        {
            string record = experiment.ToJson();
            return PlanCatalog.Methods.Contains(experiment.Method) && ReadResult(path) is { } result
                && JsonNode.DeepEquals(result["experiment"], JsonNode.Parse(record))
                && ResultFile.IsWhole(result, experiment, metrics)
                && SafetensorsFile.ReadMetadata(ModelPath(path)).GetValueOrDefault(ExperimentKey) is { } ofModel
                && RecordDifference.Between(ofModel, record).Count == 0
                && Expected(experiment, result, trec, candidates).All(name => File.Exists(Path.Combine(path, name))) ? result : null;
        }
        catch (Exception e) when (e is CheckpointException or IOException)
        {
            return null; // no model, or a damaged one, which the next run replaces
        }
    }

    /// <summary>Removes the stages of the run, so that it cannot be resumed. Other files in their directory stay.</summary>
    public void RemoveStages() => StageStore.OfRun(_path).Remove();

    /// <summary>Writes all files, replacing those of an earlier run, and removes the stages.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="rows">The target's rows.</param>
    /// <param name="result">Its result.json.</param>
    /// <param name="trec">Whether to write TREC files.</param>
    /// <param name="candidates">Whether to write the lists of sampled candidates.</param>
    /// <exception cref="IOException">A file cannot be written; the earlier run is then unchanged.</exception>
    public void Write(ExperimentOutcome outcome, Ratings rows, JsonObject result, bool trec, bool candidates = false)
    {
        string incoming = In(Incoming);
        try
        {
            Directory.CreateDirectory(incoming);
            WriteInto(incoming, outcome, rows, result, trec);
            foreach (NamedRanking sampled in outcome.Rankings.Where(ranking => candidates && ranking.Candidates == NamedRanking.Sampled))
                WriteLists(incoming, sampled.Split, sampled.Ranked);
        }
        catch
        {
            RemoveIncoming();
            throw;
        }

        foreach (string name in Files)
            File.Delete(In(name));
        foreach (string name in Files.Reverse().Where(name => File.Exists(Path.Combine(incoming, name))))
            File.Move(Path.Combine(incoming, name), In(name));
        RemoveIncoming();
        RemoveStages();
    }

    /// <summary>Writes <c>NAME.run</c> and <c>NAME.qrels</c>.</summary>
    public void WriteTrec(string name, RankedLists ranked, string tag) => WriteTrec(_path, name, ranked, tag);

    /// <summary>The files with the candidates of a split, and with their judgements.</summary>
    public static IReadOnlyList<string> ListFiles(string split) => [$"{split}.candidates.tsv", $"{split}.qrels.tsv"];

    /// <summary>Writes the candidates of a split and their judgements (<see cref="ListFiles"/>).</summary>
    public void WriteLists(string split, RankedLists ranked) => WriteLists(_path, split, ranked);

    private static void WriteLists(string folder, string split, RankedLists ranked)
    {
        CandidateFile.Write(Path.Combine(folder, ListFiles(split)[0]), ranked.Market, ranked.Lists);
        QrelsFile.Write(Path.Combine(folder, ListFiles(split)[1]), ranked.Market, ranked.Lists);
    }

    private static void WriteTrec(string folder, string name, RankedLists ranked, string tag)
    {
        TrecFile.WriteRun(Path.Combine(folder, $"{name}.run"), ranked, tag);
        TrecFile.WriteQrels(Path.Combine(folder, $"{name}.qrels"), ranked);
    }

    private static void WriteInto(string folder, ExperimentOutcome outcome, Ratings rows, JsonObject result, bool trec)
    {
        string model = Path.Combine(folder, Model);
        Dictionary<string, string> metadata = new() { [ExperimentKey] = outcome.Experiment.ToJson(), ["format"] = "pt" };
        SafetensorsFile.Write(model, outcome.Model.Tensors, metadata);
        outcome.WhileAdapted?.Invoke(() => SafetensorsFile.Write(Path.Combine(folder, Adapted), outcome.Model.Tensors, metadata));
        outcome.Tables.Write(IdsPath(model));
        RowsFile.Write(Path.Combine(folder, Rows), rows, outcome.TargetMarket.Splits);
        if (outcome.Rankings is [_, ..] rankings)
            UserFile.Write(Path.Combine(folder, PerUser), UserTable.Of(rankings));
        if (outcome.Optimiser is { } optimiser)
            WriteOptimiser(Path.Combine(folder, Optimiser), optimiser);
        if (trec && outcome.Test is { } test)
            WriteTrec(folder, "test", test, outcome.Experiment.Method);
        if (trec && outcome.Valid is { } valid)
            WriteTrec(folder, "valid", valid, outcome.Experiment.Method);
        ResultFile.Write(Path.Combine(folder, Result), result);
    }

    private static void WriteOptimiser(string path, Optimiser optimiser)
    {
        Dictionary<string, string> metadata = new() { ["optimiser"] = optimiser.Name };
        if (optimiser.State.Count > 0)
            metadata["steps"] = $"{optimiser.Steps}";
        SafetensorsFile.Write(
            path, [.. optimiser.State.Select(tensor => SafeTensor.Of(tensor.Name, tensor.Values, [.. tensor.Parameter.Shape]))], metadata);
    }

    // Removes new files that were not moved into place.
    private void RemoveIncoming()
    {
        string incoming = In(Incoming);
        if (!Directory.Exists(incoming))
            return;
        AtomicFile.Sweep(incoming, Files.Contains, alone: true);
        foreach (string name in Files.Where(name => File.Exists(Path.Combine(incoming, name))))
            File.Delete(Path.Combine(incoming, name));
        RemoveEmpty([new DirectoryInfo(incoming)]);
    }

    /// <summary>Unlocks the directory, and removes it if it was created for this run and is empty.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        RemoveEmpty(_made);
    }

    private IReadOnlyList<string> Written => _only ?? Files;

    private void Probe()
    {
        AtomicFile.Sweep(_path, Written.Contains, alone: true);
        if (_only is null)
        {
            StageFolder stages = StageStore.OfRun(_path);
            stages.RequireFolder();
            stages.Sweep(alone: true);
            if (new FileInfo(In(Incoming)).LinkTarget is not null || File.Exists(In(Incoming)))
                throw new IOException($"{In(Incoming)}: is a file or a link; a run writes to a directory of this name");
            RemoveIncoming();
        }

        if (Written.FirstOrDefault(name => Directory.Exists(In(name))) is { } taken)
            throw new IOException($"{In(taken)}: is a directory; a run writes a file of this name");
        AtomicFile.Probe(In(Written[0]));
    }

    private static string? ArithmeticIn(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            JsonNode? record = JsonNode.Parse(metadata.GetValueOrDefault(ExperimentKey, "null"));
            return (record as JsonObject)?["arithmetic"] is JsonValue value && value.TryGetValue(out string? found) ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Null if the file is absent, cannot be read or is not a JSON object.
    private static JsonObject? ReadResult(string path)
    {
        try
        {
            FileInfo file = new(ResultPath(path));
            if (!file.Exists || file.Length > LongestResult)
                return null;
            byte[] text = File.ReadAllBytes(file.FullName);
            JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };
            JsonObject? result = Utf8.IsValid(text) ? JsonNode.Parse(text, documentOptions: strict) as JsonObject : null;
            RequireText(result);
            return result;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The parser decodes names and texts only when they are read. Reading all of them here finds unpaired surrogates early.
    private static void RequireText(JsonNode? node)
    {
        if (node is JsonValue value)
            value.TryGetValue(out string? _);
        foreach (JsonNode? child in node is JsonObject record ? record.Select(entry => entry.Value) : node as JsonArray ?? [])
            RequireText(child);
    }

    private static IEnumerable<string> Expected(Experiment experiment, JsonObject result, bool trec, bool candidates)
    {
        Plan plan = PlanCatalog.Find(experiment.Method, experiment.Settings);
        Fit last = plan.Phases[^1].Fit;
        return
        [
            Path.GetFileName(IdsPath(Model)), Rows, .. result.ContainsKey("test") ? (string[])[PerUser] : [],
            .. last is GradientFit && plan.Members(experiment.Settings) == 1 ? (string[])[Optimiser] : [],
            .. last is MetaFit ? (string[])[Adapted] : [],
            .. ((string[])["test", "valid"]).Where(split => trec && result[split] is not null)
                .SelectMany(split => (string[])[$"{split}.run", $"{split}.qrels"]),
            .. ResultFile.Rankings(result).Where(ranking => candidates && !ranking.AmongAll)
                .SelectMany(ranking => ListFiles(ranking.Split)),
        ];
    }

    // Only a checkpoint called model.safetensors, the name that a run uses, has the run's other files beside it.
    private static string? Beside(string model, string name) =>
        Path.GetFileName(model) == Model ? Path.Combine(Path.GetDirectoryName(model) ?? "", name) : null;

    // Another run may be creating directories below one of these at the same time. Only empty ones are removed, and the other run creates
    // them again.
    private static void RemoveEmpty(IEnumerable<DirectoryInfo> directories)
    {
        foreach (DirectoryInfo directory in directories)
        {
            try
            {
                directory.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return; // not empty, or already removed
            }
        }
    }

    private string In(string name) => Path.Combine(_path, name);
}
