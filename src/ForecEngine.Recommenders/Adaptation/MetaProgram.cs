// Meta-learning: a round visits every market, then the optimiser makes one step with the mean gradient over the markets. If the device
// compiles the model's network, it runs the visits of a round in parallel. Otherwise the tape runs them one after another, and the
// inner step is made and undone in place. Both give the same bits.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Rounds of first-order meta-learning over the markets.</summary>
public sealed class MetaProgram : StreamProgram
{
    private readonly InnerRule _rule;
    private readonly INetworkProgram? _program;
    private readonly TapeVisit? _tape;
    private readonly MarketVisit[] _visits;

    /// <summary>Meta-learning of a model.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="model">The model to train.</param>
    /// <param name="learner">The meta-learner.</param>
    /// <param name="optimiser">The optimiser, which makes one step per round.</param>
    /// <param name="streams">The markets' samples; each stream must keep two minibatches valid.</param>
    /// <param name="learningRate">The learning rate of the inner step.</param>
    public MetaProgram(
        IDevice device, IRecommender model, MetaLearner learner, Optimiser optimiser, IReadOnlyList<SampleStream> streams,
        double learningRate)
        : base(device, optimiser, streams, minibatches: 2, lossesPerRound: streams.Count)
    {
        _rule = new InnerRule(learningRate, learner.AddsSupport);
        _program = LossGradient.Compile(new Tape(device), model, learner.AdaptedOf(model));
        _tape = _program is null ? new TapeVisit(device, model, learner.AdaptedOf(model), _rule) : null;
        _visits = new MarketVisit[streams.Count];
    }

    private protected override int RunRound(int round, Slice<Real> losses)
    {
        int samples = 0;
        Real share = (Real)1 / Streams.Count;
        for (int i = 0; i < Streams.Count; i++)
        {
            Minibatch support = Streams[i].BatchAt(2 * round), query = Streams[i].BatchAt((2 * round) + 1);
            samples += support.Count + query.Count;
            _visits[i] = new MarketVisit(support.Samples, query.Samples, losses.Part(i, 1));
            using OpenSpan span = TraceSpan.OfStage("gradient");
            _tape?.Visit(support, query, share, losses.Part(i, 1));
        }

        if (_program is not null)
        {
            using OpenSpan span = TraceSpan.OfStage("gradient");
            _program.Visit(_rule, share, _visits);
        }

        using (TraceSpan.OfStage("optimiser"))
            Optimiser.Update(losses);
        return samples;
    }

    // Every market counts the same, whatever the lengths of its minibatches.
    private protected override double Loss(int round, ReadOnlySpan<Real> losses)
    {
        double sum = 0;
        foreach (Real loss in losses)
            sum += loss;
        return sum / losses.Length;
    }
}
