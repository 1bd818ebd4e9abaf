// Runs an experiment: assigns table rows to the markets' users and items, fits the plan's phases in order, once for each member of an
// ensemble, and ranks the target's candidates.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The result of an experiment.</summary>
/// <param name="Experiment">The record.</param>
/// <param name="Markets">The markets and their rows in the tables.</param>
/// <param name="Tables">The ids of the rows of the tables.</param>
/// <param name="Model">The model of the last phase; with several members, their <see cref="Ensemble"/>.</param>
/// <param name="ModelName">The name of the model in the catalog.</param>
/// <param name="Optimiser">The optimiser of the last phase; null if it has none, or with several members.</param>
/// <param name="Phases">The time and losses of each phase.</param>
/// <param name="Valid">The ranking of the held-out validation items, or null if none are held out.</param>
/// <param name="Test">The ranking of the test candidates, or null if no user is evaluated or test is not ranked.</param>
public sealed record ExperimentOutcome(
    Experiment Experiment, IReadOnlyList<PlacedMarket> Markets, TableIds Tables, IFittedModel Model, string ModelName, Optimiser? Optimiser,
    IReadOnlyList<PhaseResult> Phases, RankedLists? Valid, RankedLists? Test)
{
    /// <summary>The reason if no user is evaluated, or null.</summary>
    public string? NotEvaluated => Test is null ? TargetMarket.NotEvaluated : null;

    /// <summary>The market that is recommended to.</summary>
    public Market TargetMarket => Markets.First(placed => placed.Market.Name == Experiment.Target).Market;

    /// <summary>The ranking of the held-out validation items among all items; null if there is none.</summary>
    public RankedLists? ValidAmongAll { get; init; }

    /// <summary>The ranking of the held-out test items among all items; null if there is none.</summary>
    public RankedLists? TestAmongAll { get; init; }

    /// <summary>All rankings, those among all items first.</summary>
    public IReadOnlyList<NamedRanking> Rankings =>
    [
        .. Named("valid", NamedRanking.AllItems, ValidAmongAll), .. Named("test", NamedRanking.AllItems, TestAmongAll),
        .. Named("valid", NamedRanking.Sampled, Valid),
        .. Named("test", Experiment.HasGivenLists ? NamedRanking.Given : NamedRanking.Sampled, Test),
    ];

    /// <summary>Runs an action with the model adapted to the target; null if the method does not adapt models.</summary>
    public Action<Action>? WhileAdapted { get; init; }

    // A ranking among all items is listed once, although it can also be the only one.
    private static IEnumerable<NamedRanking> Named(string split, string candidates, RankedLists? ranked) =>
        ranked is null || (ranked.IsFull && candidates != NamedRanking.AllItems) ? [] : [new(split, candidates, ranked)];
}

/// <summary>Runs experiments on a device.</summary>
/// <param name="device">The device of training and scoring.</param>
/// <param name="threads">The number of host threads that draw samples and rank; no result depends on it.</param>
/// <param name="stages">The store of stages, or null.</param>
/// <param name="keepScores">Whether outcomes keep the score of every candidate, to write files of rankings.</param>
/// <param name="stop">Ends training after the current round, with a checkpoint and an <see cref="OperationCanceledException"/>.</param>
public sealed class ExperimentRunner(
    IDevice device, int threads = 1, StageStore? stages = null, bool keepScores = true,
    CancellationToken stop = default)
{
    /// <summary>Whether the test candidates are ranked; a search on validation does not look at them.</summary>
    public bool RanksTest { get; init; } = true;

    /// <summary>Trains and evaluates.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="markets">The prepared markets of the record, including the target.</param>
    /// <param name="candidates">The candidates of test; null for held-out items of the target with sampled negatives.</param>
    /// <param name="metrics">The metrics, including nDCG@10; null for <see cref="Metric.Default"/>.</param>
    /// <param name="progress">Receives a report after each minibatch.</param>
    /// <param name="plan">The plan of the method; null for the catalog's.</param>
    /// <exception cref="ArgumentException">The plan has not the method of the record, refuses the settings or repeats a name.</exception>
    /// <exception cref="DivergedException">Training produced a number that is not finite.</exception>
    /// <exception cref="DataFormatException">
    /// A source shares no item with the target, or a market has fewer samples than a support set.
    /// </exception>
    public ExperimentOutcome Run(
        Experiment experiment, IReadOnlyList<Market> markets, IReadOnlyList<CandidateList>? candidates = null,
        IReadOnlyList<Metric>? metrics = null, Action<TrainingProgress>? progress = null, Plan? plan = null)
    {
        (experiment, plan) = (experiment.On(device), Checked(experiment, plan));
        (MarketUnion union, PlacedMarket target, TableIds tables) = Placed(experiment, plan, markets);
        IReadOnlyList<Phase> phases = plan.Over(union.Markets.Select(placed => placed.Market.Name));
        Inquiry inquiry = new(metrics ?? Metric.Default, candidates, progress);
        IReadOnlyDictionary<string, IFittedModel>[] none = [.. Enumerable.Repeat(
            new Dictionary<string, IFittedModel>(), plan.Members(experiment.Settings))];
        return Run(experiment, phases, tables, union.Markets, target, none, firstEpoch: 0, inquiry);
    }

    /// <summary>Trains the first stages of an experiment into the store's cache, for runs that share them, and ranks nothing.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="markets">The prepared markets of the record, including the target.</param>
    /// <param name="count">The number of stages.</param>
    /// <param name="progress">Receives a report after each minibatch.</param>
    /// <returns>The files of the stages in the cache.</returns>
    /// <exception cref="DivergedException">Training produced a number that is not finite.</exception>
    /// <exception cref="DataFormatException">
    /// A source shares no item with the target, or a market has too few validation candidates for a support set.
    /// </exception>
    public IReadOnlyList<string> TrainStages(
        Experiment experiment, IReadOnlyList<Market> markets, int count, Action<TrainingProgress>? progress = null)
    {
        experiment = experiment.On(device);
        Plan plan = Checked(experiment, null);
        (MarketUnion union, PlacedMarket target, TableIds tables) = Placed(experiment, plan, markets);
        IReadOnlyList<Phase> phases = plan.Over(union.Markets.Select(placed => placed.Market.Name));
        PhaseGround ground = new(device, experiment, tables, union.Markets, target, threads, DrawSupport(experiment, phases, target));
        Pass whole = new(ground, [], StageRecord.Contents(union.Markets), experiment.Candidates(target.Market, Split.Valid));
        Step[] first = [.. phases.Take(count).Select(phase => new Step(whole, phase, null))];
        TrainingSchedule schedule = TrainingSchedule.Of([.. first.Select(step => step.Phase)], ground.MarketsOf, candidates: 0);
        List<StageRecord> records = [];
        Train(first, schedule, firstEpoch: 0, progress, [], records);
        return [.. records.Select(record => stages?.CachedFile(record)).OfType<string>()];
    }

    /// <summary>Forks a model of several markets for one market by the last phase of the plan, and evaluates the fork.</summary>
    /// <param name="experiment">The record; all phases except the last produced <paramref name="parent"/>.</param>
    /// <param name="parent">The model of all markets, whose memory is shared and not changed.</param>
    /// <param name="tables">The ids of the parent's rows.</param>
    /// <param name="target">The market, with its rows in the tables.</param>
    /// <param name="candidates">The candidates of test; null for held-out items of the target with sampled negatives.</param>
    /// <param name="metrics">The metrics, including nDCG@10.</param>
    /// <param name="progress">Receives a report after each minibatch.</param>
    /// <exception cref="DivergedException">Training produced a number that is not finite.</exception>
    public ExperimentOutcome Adapt(
        Experiment experiment, IFittedModel parent, TableIds tables, PlacedMarket target, IReadOnlyList<CandidateList>? candidates,
        IReadOnlyList<Metric> metrics, Action<TrainingProgress>? progress = null)
    {
        experiment = experiment.On(device);
        IReadOnlyList<Phase> phases = PlanCatalog.Find(experiment.Method, experiment.Settings).Phases;
        int before = phases.SkipLast(1).Sum(phase => phase.Fit.Epochs);
        Inquiry inquiry = new(metrics, candidates, progress);
        IReadOnlyDictionary<string, IFittedModel>[] parents = [.. Ensemble.MembersOf(parent).Select(
            member => new Dictionary<string, IFittedModel> { [phases[^1].Key] = member })];
        return Run(experiment, [phases[^1]], tables, [target], target, parents, before, inquiry);
    }

    // Each member trains all phases, beginning with the given models.
    private ExperimentOutcome Run(
        Experiment experiment, IReadOnlyList<Phase> phases, TableIds tables, IReadOnlyList<PlacedMarket> markets, PlacedMarket target,
        IReadOnlyList<IReadOnlyDictionary<string, IFittedModel>> members, int firstEpoch, Inquiry inquiry)
    {
        IReadOnlyList<CandidateList> valid = experiment.Candidates(target.Market, Split.Valid);
        IReadOnlyList<CandidateList> test = !RanksTest ? [] : inquiry.Candidates ?? experiment.Candidates(target.Market, Split.Test);
        IReadOnlyList<CandidateList> validAll = Besides(Split.Valid), testAll = RanksTest ? Besides(Split.Test) : [];
        PhaseGround ground = new(device, experiment, tables, markets, target, threads, DrawSupport(experiment, phases, target));
        IReadOnlyList<string> contents = stages is null ? [] : StageRecord.Contents(markets);
        IReadOnlyList<Step>[] steps = [.. members.Select((models, index) => Steps(
            phases, new(ground with { Seed = experiment.SeedOf(index) }, new(models), contents, valid), index))];
        TrainingSchedule schedule = TrainingSchedule.Of(
            [.. steps.SelectMany(own => own).Select(step => step.Phase)], ground.MarketsOf,
            ((IReadOnlyList<CandidateList>[])[valid, test, validAll, testAll]).Sum(Size));
        List<PhaseResult> results = [];
        List<IFittedModel> models = [];
        Optimiser? optimiser = null;
        foreach (IReadOnlyList<Step> own in steps)
        {
            IFitting last = Train(own, schedule, firstEpoch, inquiry.Progress, results, []);
            models.Add(last.Model);
            optimiser = steps.Length == 1 ? last.Optimiser : null;
        }

        RankedModel ranked = new(ground, phases[^1], models);

        TrainingProgress ranking = new(TrainingSchedule.Ranking, Epoch: 1, Epochs: 1, EpochFraction: 0, Samples: 0, Seconds: 0,
            Loss: double.NaN);
        Action<TrainingProgress>? told = Told(inquiry.Progress, schedule, results.Count);
        told?.Invoke(ranking);
        Ranker ranker = new(inquiry.Metrics, threads, keepScores), bare = new(inquiry.Metrics, threads, keepScores: false);
        RankedLists? validRanked = Rank(ranker, valid, Split.Valid), testRanked = Rank(ranker, test, Split.Test);
        ExperimentOutcome outcome = new(
            experiment, markets, tables, ranked.Model, phases[^1].Model, optimiser, results, validRanked, testRanked)
        {
            ValidAmongAll = validRanked is { IsFull: true } ? validRanked : Rank(bare, validAll, Split.Valid),
            TestAmongAll = testRanked is { IsFull: true } ? testRanked : Rank(bare, testAll, Split.Test),
            WhileAdapted = ranked.WhileAdapted,
        };
        told?.Invoke(ranking with { EpochFraction = 1 });
        return outcome;

        IReadOnlyList<CandidateList> Besides(Split split) =>
            inquiry.Candidates is null ? experiment.Besides(target.Market, split) ?? (IReadOnlyList<CandidateList>)[] : [];

        RankedLists? Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split) =>
            lists.Count == 0 ? null : ranked.Rank(ranker, lists, split);
    }

    // The phases of a member. A blend without validation rows is fitted to other rows that are held out for it; then all phases are fitted
    // again.
    private IReadOnlyList<Step> Steps(IReadOnlyList<Phase> phases, Pass whole, int member)
    {
        Pass? rehearsal = !phases.Any(phase => phase.Fit is BlendFit) || whole.Ground.Target.Market.Valid.Any(row => row.Relevance > 0)
            ? null : Rehearsal(whole.Ground);
        return
        [
            .. rehearsal is null ? [] : phases.Select(phase => new Step(rehearsal, Named(phase, "/held-out"), null)),
            .. phases.Select(phase => new Step(whole, Named(phase, ""), rehearsal)),
        ];

        Phase Named(Phase phase, string pass) =>
            phase with { Name = $"{phase.Name}{pass}{(member == 0 ? "" : $"/seed-{member + 1}")}" };
    }

    private static Plan Checked(Experiment experiment, Plan? plan)
    {
        plan ??= PlanCatalog.Find(experiment.Method, experiment.Settings);
        if (plan.Method != experiment.Method)
            throw new ArgumentException($"the record is for {experiment.Method}, the plan for {plan.Method}", nameof(plan));
        return (plan.SamplingRefusal ?? plan.LossRefusal) is { } refusal ? throw new ArgumentException(refusal, nameof(plan)) : plan;
    }

    private static (MarketUnion Union, PlacedMarket Target, TableIds Tables) Placed(
        Experiment experiment, Plan plan, IReadOnlyList<Market> markets)
    {
        using OpenSpan span = TraceSpan.OfStage("placing");
        MarketUnion union = new([.. markets.Where(m => plan.TakesSources || m.Name == experiment.Target)]);
        PlacedMarket target = union.Place(experiment.Target);
        if (union.Markets.FirstOrDefault(market => !market.ItemRows.Intersect(target.ItemRows).Any(row => row >= 0)) is { } stranger)
        {
            string problem = $"no item in common with {experiment.Target}, so the target can learn nothing from it";
            throw new DataFormatException($"{stranger.Market.Name}: {problem}");
        }

        return (union, target, new TableIds(union));
    }

    private Pass Rehearsal(PhaseGround ground)
    {
        RandomSequence draws = RandomSequence.Named(ground.Seed, "blend/held-out");
        PlacedMarket[] markets = [.. ground.Markets.Select(placed => placed with { Market = placed.Market.HoldingOut(draws) })];
        PlacedMarket target = markets.First(placed => placed.Market.Name == ground.Target.Market.Name);
        IReadOnlyList<string> contents = stages is null ? [] : StageRecord.Contents(markets);
        return new Pass(ground with { Markets = markets, Target = target }, [], contents, Valid: null);
    }

    // Trains the phases of a member in order, and returns the last one. Adds to the results and, with a store, to the records.
    private IFitting Train(
        IReadOnlyList<Step> steps, TrainingSchedule schedule, int firstEpoch, Action<TrainingProgress>? progress,
        List<PhaseResult> results, List<StageRecord> records)
    {
        Ranker judge = new([Metric.NdcgAt10], threads, keepScores: false);
        IFitting? last = null;
        int epochs = firstEpoch;
        foreach ((Pass pass, Phase planned, Pass? rehearsal) in steps)
        {
            Phase phase = planned.Fit is BlendFit blend && rehearsal?.Models[planned.Key] is Blend fitted
                ? planned with { Fit = blend with { Fitted = fitted } } : planned;
            Action<TrainingProgress>? told = Told(progress, schedule, results.Count);
            int before = epochs;
            IFitting current = last = Prepare(() => phase.Fit.Begin(pass.Ground, phase, pass.Models, before));
            Experiment experiment = pass.Ground.Experiment;
            PlacedMarket judged = pass.Ground.JudgedIn(phase);
            IReadOnlyList<CandidateList> judges = judged == pass.Ground.Target && pass.Valid is { } drawn
                ? drawn : experiment.Candidates(judged.Market, Split.Valid);
            Func<double>? validate = judges.Count == 0
                ? null : () => current.Rank(judge, judges, Split.Valid).Result.Means[Metric.NdcgAt10.Name];
            if (stages is null)
            {
                results.Add(current.Run(validate, told, PhaseState.Beginning, checkpoints: null, stop));
            }
            else
            {
                StageRecord record = StageRecord.Of(pass.Ground, pass.Contents, phase, records is [.., var previous] ? previous.Key() : "");
                (PhaseResult result, record) = Train(stages, experiment, phase, current, record, validate, told);
                results.Add(result);
                records.Add(record);
            }

            stop.ThrowIfCancellationRequested();
            pass.Models[phase.Key] = current.Model;
            epochs += phase.Fit.Epochs; // planned, even if the phase stops early
        }

        return last ?? throw new InvalidOperationException("the plan has no phases");
    }

    // An estimate: lists are drawn only when used, and most are as long as the first.
    private static long Size(IReadOnlyList<CandidateList> lists) => lists.Count == 0 ? 0 : (long)lists.Count * lists[0].Items.Length;

    // Adds the phase's index in the schedule to its reports.
    private static Action<TrainingProgress>? Told(Action<TrainingProgress>? progress, TrainingSchedule schedule, int place) =>
        progress is null ? null : report => progress(report with { Schedule = schedule, Place = place });

    private static IFitting Prepare(Func<IFitting> make)
    {
        using OpenSpan span = TraceSpan.OfStage("preparing");
        GC.Collect(); // the garbage of reading or of the phase before can take as much memory as this phase
        return make();
    }

    // Returns the record of the stage too: a run that is resumed on another device may have trained it with its earlier arithmetic.
    private (PhaseResult Result, StageRecord Record) Train(
        StageStore stages, Experiment experiment, Phase phase, IFitting fitting, StageRecord record, Func<double>? validate,
        Action<TrainingProgress>? progress)
    {
        using IDisposable? held = stages.Lock(record, stop);
        StageRecord[] records = [record, .. experiment.EarlierArithmetics.Select(earlier => record with { Arithmetic = earlier })];
        foreach (StageRecord known in records)
        {
            if (stages.TakeFinished(known, fitting) is (PhaseState end, bool cached))
                return (PhaseTrainer.Result(phase.Name, end) with { Cached = cached }, known);
        }

        PhaseState state = records.Select(known => stages.TakeUnfinished(known, fitting)).FirstOrDefault(found => found is not null)
            ?? PhaseState.Beginning;
        try
        {
            string whole = experiment.ToJson();
            PhaseResult result = fitting.Run(validate, progress, state, stages.CheckpointsOf(record, whole, fitting), stop);
            stages.KeepFinished(record, whole, fitting, fitting.State);
            return (result, record);
        }
        catch (DivergedException divergence)
        {
            throw new DivergedException(divergence, stages.LastCheckpoint);
        }
    }

    // The draw comes before any training: it refuses a market with too few validation candidates.
    private static SupportSet? DrawSupport(Experiment experiment, IReadOnlyList<Phase> phases, PlacedMarket target)
    {
        MetaFit? fit = phases.Select(phase => phase.Fit).OfType<MetaFit>().LastOrDefault();
        return fit is null ? null : SupportSet.Draw(target, experiment.EvaluationNegatives, fit, experiment.Seed);
    }

    /// <summary>
    /// The data of a pass over the phases, the models of its phases so far, and the candidates of the target's validation if they are
    /// drawn already.
    /// </summary>
    private sealed record Pass(
        PhaseGround Ground, Dictionary<string, IFittedModel> Models, IReadOnlyList<string> Contents, IReadOnlyList<CandidateList>? Valid);

    /// <summary>A phase of a member, with the pass whose blend it takes, if there was one.</summary>
    private sealed record Step(Pass Pass, Phase Phase, Pass? Rehearsal);

    /// <summary>What to rank and report; it does not affect training.</summary>
    private sealed record Inquiry(
        IReadOnlyList<Metric> Metrics, IReadOnlyList<CandidateList>? Candidates, Action<TrainingProgress>? Progress);
}
