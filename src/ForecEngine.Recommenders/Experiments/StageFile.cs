// The file of a stage: the trained parameters, the optimiser's state, the progress of the phase, the record that determines the stage, and
// a digest of the content. A file with a changed bit, or of another stage, is not used.

namespace ForecEngine.Recommenders.Experiments;

internal static class StageFile
{
    /// <summary>The metadata key of the stage's record, by which a file is recognised as a stage.</summary>
    public const string RecordKey = "stage";

    private const string StateKey = "state", StepsKey = "steps", DigestKey = "digest";

    private static readonly string[] s_digested = [RecordKey, RunDirectory.ExperimentKey, StateKey, StepsKey];

    /// <summary>Writes a stage atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="record">The record of the stage.</param>
    /// <param name="experiment">The record of the experiment, or null for a stage shared by experiments.</param>
    /// <param name="fitting">The phase.</param>
    /// <param name="state">The state of training.</param>
    public static void Write(string path, StageRecord record, string? experiment, IFitting fitting, PhaseState state)
    {
        (IReadOnlyList<SafeTensor> tensors, int steps) = fitting.Save(state);
        SortedDictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            [RecordKey] = record.ToJson(),
            [StateKey] = JsonSerializer.Serialize(state, Experiment.JsonOptions),
            [StepsKey] = $"{steps}",
        };
        if (experiment is not null)
            metadata[RunDirectory.ExperimentKey] = experiment;
        metadata[DigestKey] = Digest(metadata, tensors);
        SafetensorsFile.Write(path, tensors, metadata);
    }

    /// <summary>Overwrites a phase with a stage; if that fails, the phase is unchanged.</summary>
    /// <returns>The progress of the phase.</returns>
    public static PhaseState Read(string path, StageRecord record, IFitting fitting)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (metadata.GetValueOrDefault(DigestKey) != Digest(metadata, file.Tensors))
            throw new CheckpointException(path, "is damaged: its digest does not match its content");
        if (metadata.GetValueOrDefault(RecordKey) != record.ToJson())
            throw new CheckpointException(path, "belongs to another stage: its record differs");
        (PhaseState state, int steps) = Progress(path, metadata);
        fitting.Restore(file, state, steps);
        return state;
    }

    private static (PhaseState State, int Steps) Progress(string path, IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            PhaseState state = JsonSerializer.Deserialize<PhaseState>(metadata[StateKey], Experiment.JsonOptions)
                ?? throw new JsonException("it is null");
            return (state, int.Parse(metadata[StepsKey], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or KeyNotFoundException)
        {
            throw new CheckpointException(path, $"has no valid progress of the phase: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static string Digest(IReadOnlyDictionary<string, string> metadata, IEnumerable<SafeTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string key in s_digested)
            Append(metadata.GetValueOrDefault(key, ""));
        foreach (SafeTensor tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            Append($"{tensor.Name} {tensor.Dtype} {string.Join(' ', tensor.Shape)}");
            tensor.VisitData(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData([.. Encoding.UTF8.GetBytes(text), 0]);
    }
}
