// A phase that trains an item bag.

namespace ForecEngine.Recommenders.Experiments;

internal sealed class ItemBagFitting : IFitting
{
    private readonly ItemBag _model;
    private readonly PhaseTrainer _trainer;
    private readonly TrainedTensors _tensors;
    private readonly RankedModel _ranked;

    public ItemBagFitting(PhaseGround ground, Phase phase, ItemBagFit fit)
    {
        IReadOnlyList<PlacedMarket> markets = ground.MarketsOf(phase);
        UserHistories histories = UserHistories.Of(markets, ground.Tables.Users);
        _model = new ItemBag(
            ground.Device, histories, fit.Recency, ground.Tables.Markets, ground.Tables.Items, fit.Dimension);
        string purpose = $"item-bag-{fit.Member}/{string.Join(',', markets.Select(placed => placed.Market.Name))}";
        _model.Initialise(ground.Seed, purpose, fit.StandardDeviation);
        AdamOptimiser adam = new(
            ground.Device, _model.Parameters, new AdamOptions(fit.LearningRate, fit.Gradient.L2, fit.Gradient.Adam));
        ItemBagSamples samples = new(markets, histories, fit, RandomSequence.Named(ground.Seed, $"samples/{purpose}"));
        ItemBagProgram program = new(ground.Device, _model, adam, samples)
        {
            Schedule = fit.Gradient.RateSchedule,
            Epochs = fit.Epochs,
        };
        Optimiser = adam;
        _trainer = new PhaseTrainer(ground.Device, phase.Name, _model.Parameters, adam, program, fit.Gradient, ground.Threads);
        _tensors = new TrainedTensors(_model.Parameters, adam, _trainer);
        _ranked = new RankedModel(ground, phase, _model);
    }

    public IFittedModel Model => _model;

    public Optimiser Optimiser { get; }

    public Action<Action>? WhileAdapted => null;

    public PhaseState State => _trainer.State;

    public PhaseResult Run(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState from, ICheckpoints? checkpoints, CancellationToken stop) =>
        _trainer.Train(validate, progress, from, checkpoints, stop);

    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split) => _ranked.Rank(ranker, lists, split);

    public StageContent Save(PhaseState state) => _tensors.Save(state);

    public void Restore(SafetensorsFile file, PhaseState state, int steps) => _tensors.Restore(file, state, steps);
}
