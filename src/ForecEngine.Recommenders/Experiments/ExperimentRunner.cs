// Runs an experiment: places the markets in one pair of tables, trains the plan's phases one after another, scores the
// target's candidates.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>What came out of an experiment.</summary>
/// <param name="Experiment">The record.</param>
/// <param name="Markets">The markets and their rows in the tables.</param>
/// <param name="Model">The model of the last phase.</param>
/// <param name="ModelName">Its name in the catalog.</param>
/// <param name="Optimiser">The optimiser of the last phase.</param>
/// <param name="Phases">What each phase cost.</param>
/// <param name="Valid">The ranking of the held-out validation items, or null where nothing was held out.</param>
/// <param name="Test">The ranking of the test candidates.</param>
public sealed record ExperimentOutcome(
    Experiment Experiment, MarketUnion Markets, IRecommender Model, string ModelName, AdamOptimiser Optimiser, IReadOnlyList<PhaseResult> Phases,
    RankedLists? Valid, RankedLists Test);

/// <summary>Runs experiments on a device.</summary>
/// <param name="device">What computes.</param>
public sealed class ExperimentRunner(IDevice device)
{
    /// <summary>Trains and evaluates.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="markets">The markets that it names, prepared, the target among them.</param>
    /// <param name="candidates">What is ranked for test; null for the target's held-out items among sampled negatives.</param>
    /// <param name="metrics">What is measured, nDCG@10 among it.</param>
    /// <param name="progress">What is told after each minibatch.</param>
    /// <exception cref="DivergedException">Training produced a number that is not finite.</exception>
    public ExperimentOutcome Run(
        Experiment experiment, IReadOnlyList<Market> markets, IReadOnlyList<CandidateList>? candidates, IReadOnlyList<Metric> metrics, Action<TrainingProgress>? progress = null)
    {
        Plan plan = PlanCatalog.Find(experiment.Method);
        TrainingOptions options = experiment.Options;
        MarketUnion union = new([.. markets.Where(m => plan.NeedsSources || m.Name == experiment.Target)]);
        PlacedMarket target = union.Place(experiment.Target);
        Ranker ranker = new(device, metrics);
        IReadOnlyList<CandidateList> valid = SampledCandidates.Draw(target.Market, Split.Valid, experiment.Seed, experiment.EvaluationNegatives);
        IReadOnlyList<CandidateList> test = candidates ?? SampledCandidates.Draw(target.Market, Split.Test, experiment.Seed, experiment.EvaluationNegatives);
        Minibatch batch = new(device, options.BatchSize);
        Dictionary<string, IRecommender> earlier = [];
        List<PhaseResult> phases = [];
        AdamOptimiser? optimiser = null;
        foreach (Phase phase in plan.Phases)
        {
            IReadOnlyList<PlacedMarket> placed = phase.Scope == Scope.All ? union.Markets : [target];
            string names = string.Join(',', placed.Select(m => m.Market.Name));
            IRecommender model = ModelCatalog.Create(phase.Model, device, new ModelShape(union.Users, union.Items.Count, options.Dimension, options.Layers));
            model.Initialise(experiment.Seed, $"{phase.Name}/{names}", options.EmbeddingDeviation);
            phase.Graft(model, earlier, options);
            optimiser = new AdamOptimiser(device, model.Parameters, new AdamOptions(options.LearningRate ?? phase.LearningRate, options.L2, options.Adam));
            int firstEpoch = phases.Sum(p => p.Epochs);
            IEnumerable<IReadOnlyList<PlacedMarket>> groups = options.Sampling == Sampling.Concat ? [placed] : placed.Select(m => (PlacedMarket[])[m]);
            PhaseTrainer trainer = new(
                phase.Name, model, new TapeStep(device, model), optimiser,
                [.. groups.Select(group => new SampleStream(group, options, experiment.Seed, phase.Name, firstEpoch))], options);
            Func<double>? validate = valid.Count == 0 ? null : () => ranker.Rank(model, target, valid).Result.Means[Metric.NdcgAt10.Name];
            phases.Add(trainer.Train(batch, validate, progress));
            earlier[phase.Model] = model;
        }

        IRecommender final = earlier[plan.Phases[^1].Model];
        return new ExperimentOutcome(
            experiment, union, final, plan.Phases[^1].Model, optimiser ?? throw new InvalidOperationException($"{plan.Method} has no phases"), phases,
            valid.Count == 0 ? null : ranker.Rank(final, target, valid), ranker.Rank(final, target, test));
    }
}
