// A stage as a file: the parameters that train, the optimiser's moments, where the phase stands, the record that
// determines it, and a digest of them all. A file that differs in a bit, or is of another stage, is not taken.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Writes and reads stages, finished or not.</summary>
internal static class StageFile
{
    /// <summary>The key of the stage's record among the metadata, by which a file is known as a stage.</summary>
    public const string RecordKey = "stage";

    private const string StateKey = "state", StepsKey = "steps", DigestKey = "digest", Best = "best.";

    private static readonly string[] s_digested = [RecordKey, RunDirectory.ExperimentKey, StateKey, StepsKey];

    /// <summary>Writes a stage, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="record">What determines the stage.</param>
    /// <param name="experiment">The record of the experiment that it is kept for, or null where it is kept for any.</param>
    /// <param name="setup">The phase.</param>
    /// <param name="state">Where it stands.</param>
    public static void Write(string path, StageRecord record, string? experiment, PhaseSetup setup, PhaseState state)
    {
        OptimiserState optimiser = OptimiserState.Of(setup.Optimiser);
        SafeTensor[] tensors = [.. Places(setup, optimiser, state).Select(place => place.ToTensor())];
        SortedDictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            [RecordKey] = record.ToJson(),
            [StateKey] = JsonSerializer.Serialize(state, Experiment.JsonOptions),
            [StepsKey] = $"{optimiser.Steps}",
        };
        if (experiment is not null)
            metadata[RunDirectory.ExperimentKey] = experiment;
        metadata[DigestKey] = Digest(metadata, tensors);
        SafetensorsFile.Write(path, tensors, metadata);
    }

    /// <summary>Overwrites a phase's model, optimiser and best parameters with a stage's; where it cannot, it leaves them.</summary>
    /// <returns>Where the phase stood.</returns>
    /// <exception cref="CheckpointException">The file is damaged, or of another stage.</exception>
    public static PhaseState Read(string path, StageRecord record, PhaseSetup setup)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (metadata.GetValueOrDefault(DigestKey) != Digest(metadata, file.Tensors))
            throw new CheckpointException(path, "damaged: its digest is not that of its content");
        if (metadata.GetValueOrDefault(RecordKey) != record.ToJson())
            throw new CheckpointException(path, "of another stage: its record is not the one looked for");
        (PhaseState state, int steps) = Progress(path, metadata);

        // Every value is read and checked before the first is written.
        (Slice<Real> To, Real[] Values)[] writes =
            [.. Places(setup, OptimiserState.Of(setup.Optimiser), state).Select(place => (place.Values, Values(file, place)))];
        foreach ((Slice<Real> to, Real[] values) in writes)
            to.Write(values);
        (setup.Optimiser as AdamOptimiser)?.Resume(steps);
        setup.Resume(state.Rounds);
        if (state is { BestEpoch: { } epoch and > 0, BestScore: { } score })
            setup.Trainer.Best?.Resume(epoch, score);
        return state;
    }

    // Every value that a stage keeps, by the name of its tensor.
    private static IEnumerable<Place> Places(PhaseSetup setup, OptimiserState optimiser, PhaseState state)
    {
        foreach (Parameter parameter in setup.Model.Parameters.Where(parameter => !parameter.IsFrozen))
            yield return new(parameter.Name, parameter.Shape, parameter.Value.Values);
        foreach ((string name, Parameter parameter, Slice<Real> values) in optimiser.Tensors)
            yield return new(name, parameter.Shape, values);
        if (state.BestEpoch is > 0 && setup.Trainer.Best is { } best)
        {
            foreach ((Parameter parameter, Slice<Real> copy) in best.Copies)
                yield return new(Best + parameter.Name, parameter.Shape, copy);
        }
    }

    private static Real[] Values(SafetensorsFile file, Place place)
    {
        SafeTensor tensor = file.Find(place.Name, [.. place.Shape]);
        SafeDtype needed = place.ToTensor().Dtype;
        if (tensor.Dtype != needed)
            throw new CheckpointException(file.Path, $"tensor '{place.Name}' is {tensor.Dtype}, {needed} is needed");
        Real[] values = new Real[tensor.Count];
        tensor.CopyTo(values);
        return values;
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
            throw new CheckpointException(path, $"does not say where it stands: {e.Message.ReplaceLineEndings(" ")}", e);
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

    private readonly record struct Place(string Name, IReadOnlyList<int> Shape, Slice<Real> Values)
    {
        public SafeTensor ToTensor() => SafeTensor.Of(Name, Values, [.. Shape]);
    }
}
