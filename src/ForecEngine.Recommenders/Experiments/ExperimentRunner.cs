// Runs an experiment: places the markets in one pair of tables, trains the plan's phases one after another, scores the
// target's candidates.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
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
    Experiment Experiment, MarketUnion Markets, IRecommender Model, string ModelName, IOptimiser Optimiser, IReadOnlyList<PhaseResult> Phases,
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
    /// <exception cref="ArgumentException">The method takes each minibatch from one market, and the options mix them.</exception>
    /// <exception cref="DivergedException">Training produced a number that is not finite.</exception>
    public ExperimentOutcome Run(
        Experiment experiment, IReadOnlyList<Market> markets, IReadOnlyList<CandidateList>? candidates, IReadOnlyList<Metric> metrics, Action<TrainingProgress>? progress = null)
    {
        Plan plan = PlanCatalog.Find(experiment.Method);
        TrainingOptions options = experiment.Options;
        if (plan.RefusalOf(options.Sampling) is { } refusal)
            throw new ArgumentException(refusal, nameof(experiment));
        MarketUnion union = new([.. markets.Where(m => plan.NeedsSources || m.Name == experiment.Target)]);
        PlacedMarket target = union.Place(experiment.Target);
        Ranker ranker = new(device, metrics);
        IReadOnlyList<CandidateList> valid = SampledCandidates.Draw(target.Market, Split.Valid, experiment.Seed, experiment.EvaluationNegatives);
        IReadOnlyList<CandidateList> test = candidates ?? SampledCandidates.Draw(target.Market, Split.Test, experiment.Seed, experiment.EvaluationNegatives);
        Dictionary<string, IRecommender> earlier = [];
        List<PhaseResult> phases = [];
        IOptimiser? optimiser = null;
        MarketAdaptation? adaptation = null;
        foreach (Phase phase in plan.Over(union.Markets.Select(m => m.Market.Name)))
        {
            PlacedMarket judged = phase.Market is null ? target : union.Place(phase.Market);
            IReadOnlyList<PlacedMarket> placed = phase.Scope == Scope.All ? union.Markets : [judged];
            TrainingOptions numbers = OfPhase(options, phase);
            ModelShape shape = new(union.Users, union.Items.Count, options.Dimension, phase.Kind == PhaseKind.Dual ? Ddtcdr.Widths(options.Dimension) : options.Layers)
            {
                Head = phase.Kind == PhaseKind.FineTune ? options.Head : [],
                Markets = union.Markets.Count,
                FirstUsers = union.FirstUsers,
                Target = target.Index,
                Ddtcdr = options.Ddtcdr,
                DropoutSeed = experiment.Seed,
            };
            IRecommender model = ModelCatalog.Create(phase.Model, device, shape);
            model.Initialise(experiment.Seed, $"{phase.Name}/{string.Join(',', placed.Select(m => m.Market.Name))}", options.EmbeddingDeviation);
            phase.Graft(model, earlier, options);
            double rate = options.LearningRate ?? phase.LearningRate;
            optimiser = phase.Kind == PhaseKind.Dual
                ? new SgdOptimiser(device, model.Parameters, rate, numbers.L2)
                : new AdamOptimiser(device, model.Parameters, new AdamOptions(rate, numbers.L2, options.Adam));
            adaptation = phase.Kind == PhaseKind.Meta ? new MarketAdaptation(device, model, target, valid, options, experiment.Seed) : null;

            int firstEpoch = phases.Sum(p => p.Epochs);
            IEnumerable<IReadOnlyList<PlacedMarket>> groups = options.Sampling == Sampling.Concat && phase.Kind != PhaseKind.Meta ? [placed] : placed.Select(m => (PlacedMarket[])[m]);
            IRound round = phase.Kind switch
            {
                PhaseKind.Meta => new MetaRound(device, model, model.Parameters, optimiser, options),
                PhaseKind.Dual => new TurnRound(device, new DualStep(device, (Ddtcdr)model, experiment.Seed), optimiser, numbers.BatchSize),
                _ => new TurnRound(device, new TapeStep(device, model), optimiser, numbers.BatchSize),
            };
            PhaseTrainer trainer = new(
                phase.Name, model, round, [.. groups.Select(group => new SampleStream(group, numbers, experiment.Seed, phase.Name, firstEpoch))], numbers);
            IReadOnlyList<CandidateList> judges = judged == target ? valid : SampledCandidates.Draw(judged.Market, Split.Valid, experiment.Seed, experiment.EvaluationNegatives);
            Func<double>? validate = judges.Count == 0 ? null : () => Rank(model, adaptation, judged, judges, Split.Valid).Result.Means[Metric.NdcgAt10.Name];
            phases.Add(trainer.Train(validate, progress));
            earlier[phase.Key] = model;
        }

        Phase last = plan.Phases[^1];
        IRecommender final = earlier[last.Model];
        return new ExperimentOutcome(
            experiment, union, final, last.Model, optimiser ?? throw new InvalidOperationException($"{plan.Method} has no phases"), phases,
            valid.Count == 0 ? null : Rank(final, adaptation, target, valid, Split.Valid), Rank(final, adaptation, target, test, Split.Test));

        RankedLists Rank(IRecommender model, MarketAdaptation? adapt, PlacedMarket market, IReadOnlyList<CandidateList> lists, Split split) => adapt is null
            ? ranker.Rank(model, market, lists)
            : adapt.While(() => ranker.Rank(model, market, split == Split.Valid ? adapt.Unseen(lists) : lists));
    }

    // The numbers of a phase: meta-learning's minibatches are its shots, fine-tuning has its own size and penalty.
    private static TrainingOptions OfPhase(TrainingOptions options, Phase phase) => phase.Kind switch
    {
        PhaseKind.Meta => options with { BatchSize = options.Shots },
        PhaseKind.FineTune => options with { BatchSize = options.FineTuneBatchSize, L2 = options.FineTuneL2 },
        _ => options,
    };
}
