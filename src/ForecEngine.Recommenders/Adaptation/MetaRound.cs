// The round of meta-learning: every market is visited in turn (equal task sampling); a visit takes a step inside, looks
// at the gradient there and steps back; then the optimiser takes one step by the mean over the markets. What a visit
// does is the learner's. The adapted model is the model itself, stepped in place and put back (InnerStep).

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A round of first-order meta-learning over the markets.</summary>
internal sealed class MetaRound : IRound
{
    private readonly MetaLearner _learner;
    private readonly IOptimiser _optimiser;
    private readonly IStep _step;
    private readonly Minibatch _batch;
    private readonly GradientSet _aside;
    private readonly InnerStep _inner;
    private int _samples;

    /// <summary>A round for a model.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="step">What turns a minibatch into the model's gradients.</param>
    /// <param name="learner">What a visit to a market does.</param>
    /// <param name="optimiser">What moves the model's parameters once a round.</param>
    /// <param name="settings">The support set and the inner step.</param>
    public MetaRound(IDevice device, IRecommender model, IStep step, MetaLearner learner, IOptimiser optimiser, MetaLearningSettings settings)
    {
        _learner = learner;
        _optimiser = optimiser;
        _step = step;
        _batch = new Minibatch(device, settings.SupportSize);
        _aside = new GradientSet(device, model.Parameters);
        _inner = new InnerStep(device, model, learner.Adapted(model), settings.InnerLearningRate);
    }

    /// <summary>
    /// A visit takes two minibatches of a market: one for the inner step, one for the gradient at the stepped parameters.
    /// </summary>
    public int Minibatches => 2;

    /// <inheritdoc/>
    public int Count(IReadOnlyList<SampleStream> streams) => Math.Max(1, streams.Max(stream => stream.Batches) / Minibatches);

    /// <inheritdoc/>
    public RoundResult Run(IReadOnlyList<SampleStream> streams)
    {
        double sum = 0;
        _samples = 0;
        for (int i = 0; i < streams.Count; i++)
            sum += _learner.Visit(this, streams[i], (Real)1 / streams.Count);
        double loss = sum / streams.Count;
        if (double.IsFinite(loss))
        {
            using (TraceSpan.OfStage("optimiser"))
                _optimiser.Update();
        }

        return new RoundResult(loss, _samples);
    }

    /// <summary>Takes a market's next minibatch.</summary>
    public void Next(SampleStream market) => _samples += market.Next(_batch);

    /// <summary>Adds to the gradients of the outer step the minibatch's at the parameters as they are, by a share.</summary>
    /// <returns>The minibatch's mean loss.</returns>
    public double AddGradient(Real share)
    {
        using OpenSpan span = TraceSpan.OfStage("step");
        return _step.Run(_batch, share);
    }

    /// <summary>Takes the inner step by the minibatch's gradient; those of the outer step stay as they are.</summary>
    public void StepInside()
    {
        _aside.Exchange();
        AddGradient(1);
        using (TraceSpan.OfStage("inner step"))
            _inner.Take();
        _aside.Exchange();
    }

    /// <summary>Puts the parameters back to where they were before the inner step.</summary>
    public void StepBack()
    {
        using OpenSpan span = TraceSpan.OfStage("inner step");
        _inner.Undo();
    }
}
