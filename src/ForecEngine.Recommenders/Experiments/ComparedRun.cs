// A finished run as forec compare reads it from its directory: the record, and the values of each user.

using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A finished run.</summary>
/// <param name="Path">Its directory.</param>
/// <param name="Experiment">Its record.</param>
/// <param name="Users">The values of its users.</param>
public sealed record ComparedRun(string Path, Experiment Experiment, UserTable Users)
{
    private const string SampleSize = "evaluation_negatives", SplitSeed = "split_seed";

    // The parts of a record that say how a model comes to be, not how it is tested. Held-out rows show whether the same users are tested.
    private static readonly string[] s_training =
    [
        "method", "preset", "preset_file", "protocol", "sources", "source_rows", "training_fraction", "seed", "options", "arithmetic",
        "minimum_rows", "candidates_from", "digests",
    ];

    /// <summary>Reads the files of a run.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="DataFormatException">A file is missing or damaged.</exception>
    public static ComparedRun Read(string path)
    {
        Experiment experiment = Experiment.Read(RunDirectory.ResultPath(path));
        string users = RunDirectory.PerUserPath(path);
        return File.Exists(users)
            ? new ComparedRun(path, experiment, UserFile.Read(users))
            : throw new DataFormatException($"{path}: has no {System.IO.Path.GetFileName(users)} with the values of its users; "
                + "train writes it, unless nobody is evaluated");
    }

    /// <summary>The record without the seed: runs with equal ones are of one system.</summary>
    internal string SystemKey => (Experiment with { Seed = 0 }).ToJson();

    /// <summary>The first part of the protocol in which another run differs, with both values; null if there is none.</summary>
    /// <param name="other">The other run.</param>
    /// <param name="options">The split and the candidates that matter.</param>
    internal string? DifferenceTo(ComparedRun other, ComparisonOptions options)
    {
        SortedDictionary<string, string?> own = Protocol(options), others = other.Protocol(options);
        string? name = own.Keys.Union(others.Keys).FirstOrDefault(key => own.GetValueOrDefault(key) != others.GetValueOrDefault(key));
        return name is null ? null : $"{name} is {Value(own)} in {Path}, {Value(others)} in {other.Path}";

        string Value(SortedDictionary<string, string?> protocol) => protocol.GetValueOrDefault(name) ?? "the default";
    }

    private SortedDictionary<string, string?> Protocol(ComparisonOptions options)
    {
        bool isFull = options.Candidates == NamedRanking.AllItems;
        SortedDictionary<string, string?> protocol = new(StringComparer.Ordinal);
        JsonObject record = JsonSerializer.SerializeToNode(Experiment, Experiment.JsonOptions)?.AsObject() ?? [];
        foreach ((string name, JsonNode? value) in record.Where(part => !s_training.Contains(part.Key)))
            protocol[name] = value?.ToString();
        if (isFull)
            protocol.Remove(SampleSize);
        if (Experiment.Order != RowOrder.Random)
            protocol.Remove(SplitSeed); // then it only chooses a fraction of the training rows
        string[] digests =
        [
            Experiment.Target, ExperimentData.CandidatesDigest, ExperimentData.QrelsDigest,
            .. isFull ? (string[])[] : [$"{options.Split}_candidates"],
        ];
        foreach (string name in digests.Where(Experiment.Digests.ContainsKey))
            protocol[$"the digest of {name}"] = Experiment.Digests[name];
        return protocol;
    }
}
