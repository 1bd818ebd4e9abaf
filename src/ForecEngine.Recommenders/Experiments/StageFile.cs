// A stage as a file: the parameters that train, the optimiser's moments, where the phase stands, the record that
// determines it, and a digest of them all. A file that differs in a bit, or is of another stage, is not taken.

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
    private const string RecordKey = "stage", StateKey = "state", StepsKey = "steps", DigestKey = "digest";

    /// <summary>Writes a stage, whole or not at all.</summary>
    public static void Write(string path, StageRecord record, PhaseSetup setup, PhaseState state)
    {
        List<SafeTensor> tensors = [.. setup.Model.Parameters.Where(p => !p.IsFrozen).Select(p => Tensor(p.Name, p, p.Value.Values))];
        AdamOptimiser? adam = setup.Optimiser as AdamOptimiser; // plain gradient descent has no state
        foreach ((Parameter parameter, Slice<Real> first, Slice<Real> second) in adam?.State ?? [])
            tensors.AddRange([Tensor($"exp_avg.{parameter.Name}", parameter, first), Tensor($"exp_avg_sq.{parameter.Name}", parameter, second)]);
        if (setup.Trainer.Best is { Epoch: > 0 } best)
            tensors.AddRange(best.Copies.Select(copy => Tensor($"best.{copy.Parameter.Name}", copy.Parameter, copy.Copy)));
        SortedDictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            [RecordKey] = record.ToJson(),
            [StateKey] = JsonSerializer.Serialize(state, Experiment.JsonOptions),
            [StepsKey] = $"{adam?.Steps ?? 0}",
        };
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

        // The digest holds, so what follows is as it was written.
        PhaseState state = JsonSerializer.Deserialize<PhaseState>(metadata[StateKey], Experiment.JsonOptions)
            ?? throw new CheckpointException(path, "does not say where it stands");
        foreach (Parameter parameter in setup.Model.Parameters.Where(p => !p.IsFrozen))
            parameter.Value.Values.Write(Values(parameter.Name));
        (setup.Optimiser as AdamOptimiser)?.Resume(
            int.Parse(metadata[StepsKey], System.Globalization.CultureInfo.InvariantCulture), name => (Values($"exp_avg.{name}"), Values($"exp_avg_sq.{name}")));
        setup.Resume(state.Rounds);
        if (setup.Trainer.Best is { } best && state is { BestEpoch: { } epoch and > 0, BestScore: { } score })
        {
            foreach ((Parameter parameter, Slice<Real> copy) in best.Copies)
                copy.Write(Values($"best.{parameter.Name}"));
            best.Resume(epoch, score);
        }

        return state;

        Real[] Values(string name)
        {
            SafeTensor tensor = file.Find(name);
            Real[] values = new Real[tensor.Count];
            tensor.CopyTo(values);
            return values;
        }
    }

    private static SafeTensor Tensor(string name, Parameter parameter, Slice<Real> values) => SafeTensor.Of(name, values, [.. parameter.Shape]);

    private static string Digest(IReadOnlyDictionary<string, string> metadata, IEnumerable<SafeTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string key in (string[])[RecordKey, StateKey, StepsKey])
            Append(metadata.GetValueOrDefault(key, ""));
        foreach (SafeTensor tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            Append($"{tensor.Name} {string.Join(' ', tensor.Shape)}");
            tensor.VisitData(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData([.. Encoding.UTF8.GetBytes(text), 0]);
    }
}
