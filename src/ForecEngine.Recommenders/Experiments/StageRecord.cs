// The record of a stage, which is a trained phase: everything that determines it, so that another run can reuse it instead of training it
// again. It has the values of the experiment's record that affect this phase or earlier ones.

using System.Reflection;
using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Experiments;

internal sealed record StageRecord
{
    /// <summary>The builds of the engine, and of a plan's own parts, that computed the stage; another build may round
    /// differently.</summary>
    public required string Engine { get; init; }

    /// <summary>The arithmetic (<see cref="Experiment.Arithmetic"/>).</summary>
    public required string Arithmetic { get; init; }

    public required string Stage { get; init; }

    /// <summary>The name and the digest of the content of each market in the tables, in order.</summary>
    public required IReadOnlyList<string> Markets { get; init; }

    /// <summary>The target, if the stage depends on it.</summary>
    public string? Target { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The seed of the candidates of validation and of support sets, if these select the stage's epoch and it is another
    /// one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? CandidateSeed { get; init; }

    public required string Model { get; init; }

    public required Fit Fit { get; init; }

    /// <summary>The candidates of validation, if they select the stage's epoch.</summary>
    public CandidatesFrom? CandidatesFrom { get; init; }

    /// <summary>The digest of the other markets' items among the candidates of validation, if these select the stage's epoch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CandidatePool { get; init; }

    /// <summary>The digest of given candidates of validation, if they select the stage's epoch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ValidCandidates { get; init; }

    /// <summary>The number of sampled negatives per user, if validation selects the stage's epoch.</summary>
    public int? EvaluationNegatives { get; init; }

    /// <summary>The key of the stage before it; empty for the first.</summary>
    public required string After { get; init; }

    /// <summary>The name and the digest of the content of each market, computed once for the records of all phases.</summary>
    public static IReadOnlyList<string> Contents(IReadOnlyList<PlacedMarket> markets) =>
        [.. markets.Select(placed => $"{placed.Market.Name} {Digest(placed.Market)}")];

    /// <summary>The record of a phase, over markets of which <paramref name="contents"/> are the <see cref="Contents"/>.</summary>
    public static StageRecord Of(PhaseGround ground, IReadOnlyList<string> contents, Phase phase, string after) =>
        Of(ground.Experiment, ground.Seed, contents, () => PoolDigest(ground.JudgedIn(phase).Market), phase, after);

    /// <summary>The record of a phase.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The seed of training.</param>
    /// <param name="contents">The name and a digest of the content of each market in the tables.</param>
    /// <param name="pool">Computes the digest of the other markets' items among the candidates of validation.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="after">The key of the stage before it.</param>
    public static StageRecord Of(
        Experiment experiment, ulong seed, IReadOnlyList<string> contents, Func<string?> pool, Phase phase, string after)
    {
        bool chooses = phase.Fit is GradientFit { Gradient.ChoosesEpoch: true } or ItemBagFit { Gradient.ChoosesEpoch: true };

        // The choice of support sets affects training only if validation selects the epoch.
        return new StageRecord
        {
            Engine = string.Join(' ', Modules(phase).Select(module => module.ModuleVersionId.ToString("N")).Distinct()),
            Arithmetic = experiment.Arithmetic,
            Stage = phase.Name,
            Markets = contents,
            Target = phase.Scope == Scope.Target || phase.Fit is ClosedFit { IsForTarget: true }
                || ModelCatalog.Find(phase.Model).SetsTargetApart || (chooses && phase.Market is null)
                ? experiment.Target : null,
            Seed = seed,
            CandidateSeed = chooses && seed != experiment.Seed ? experiment.Seed : null,
            Model = phase.Model,
            Fit = phase.Fit is MetaFit meta && !chooses
                ? meta with { MetaLearning = meta.MetaLearning with { AdaptOn = default } } : phase.Fit,
            CandidatesFrom = chooses ? experiment.SelectFrom : null,
            CandidatePool = chooses ? pool() : null,
            ValidCandidates = chooses ? experiment.Digests.GetValueOrDefault(ExperimentData.ValidCandidatesDigest) : null,
            EvaluationNegatives = chooses ? experiment.EvaluationNegatives : null,
            After = after,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, Experiment.JsonOptions);

    /// <summary>A digest of the record, the key of the stage.</summary>
    public string Key() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));

    private static IEnumerable<Module> Modules(Phase phase)
    {
        yield return typeof(IDevice).Module;
        yield return typeof(Parameter).Module;
        yield return typeof(StageRecord).Module;
        yield return phase.Fit.GetType().Module;
        yield return ModelCatalog.Find(phase.Model).Load.Method.Module;
        if (phase.Fit is not GradientFit fit)
            yield break;
        yield return fit.Initialiser.GetType().Module;
        yield return fit.Optimiser.Create.Method.Module;
        if (ModelCatalog.Find(phase.Model).Create is { } create)
            yield return create.Method.Module;
    }

    // The digest of the training rows, after filtering and splitting, and of whether they are in the order of time.
    private static string Digest(Market market)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, market.Users, 0..market.UsersWithRows);
        Append(hash, market.Items, 0..market.PoolSize);
        hash.AppendData(BitConverter.GetBytes(market.HasTimes));
        hash.AppendData(MemoryMarshal.AsBytes(market.TrainUsers));
        hash.AppendData(MemoryMarshal.AsBytes(market.TrainItems));
        hash.AppendData(MemoryMarshal.AsBytes(market.TrainLabels));
        for (int user = 0; user < market.UsersWithRows && market.HasWithheld; user++) // they are no candidates, which select the best epoch
        {
            hash.AppendData(BitConverter.GetBytes(market.Withheld(user).Length));
            hash.AppendData(MemoryMarshal.AsBytes(market.Withheld(user)));
        }

        foreach (IReadOnlyList<HeldOutRow> heldOut in (IReadOnlyList<HeldOutRow>[])[market.Valid, market.Test])
        {
            hash.AppendData(BitConverter.GetBytes(heldOut.Count));
            hash.AppendData(MemoryMarshal.AsBytes<HeldOutRow>(heldOut.ToArray()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Null if all candidates are items of the market, whose digest has them.
    private static string? PoolDigest(Market market)
    {
        if (market.CandidatePoolSize == market.PoolSize)
            return null;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, market.Items, market.PoolSize..market.CandidatePoolSize);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, IdTable ids, Range indexes)
    {
        for (int i = indexes.Start.Value; i < indexes.End.Value; i++)
        {
            hash.AppendData(ids.Utf8(i));
            hash.AppendData("\n"u8);
        }

        hash.AppendData(BitConverter.GetBytes(indexes.End.Value - indexes.Start.Value));
    }
}
