// First-order model-agnostic meta-learning: Finn, Abbeel and Levine, "Model-Agnostic Meta-Learning for Fast Adaptation
// of Deep Networks" (ICML 2017), section 5.2's first-order form; lines 2 to 10 of Algorithm 1 in Bonab et al. (CIKM
// 2021). A round visits every market:
//   theta' = theta - rate dL_adapt(theta),  then  g += dL_evaluate(theta') / markets,
// and the optimiser takes one step by g at theta. The gradient at the adapted point is applied as it is: no term of
// second order. theta' is theta stepped in place and put back (InnerStep).

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A round of first-order MAML over the markets.</summary>
internal sealed class MetaRound : IRound
{
    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly IOptimiser _optimiser;
    private readonly Tape _tape;
    private readonly Minibatch _batch;
    private readonly GradientSet _innerGradients;
    private readonly InnerStep _inner;

    /// <summary>A round for a model.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="adapted">The parameters that the inner step moves: all of them, or a head.</param>
    /// <param name="optimiser">What moves the model's parameters once a round.</param>
    /// <param name="options">The shots and the inner step's rate.</param>
    public MetaRound(IDevice device, IRecommender model, IReadOnlyList<Parameter> adapted, IOptimiser optimiser, TrainingOptions options)
    {
        _device = device;
        _model = model;
        _optimiser = optimiser;
        _tape = new Tape(device);
        _batch = new Minibatch(device, options.Shots);
        _innerGradients = new GradientSet(device, model.Parameters);
        _inner = new InnerStep(device, adapted, options.InnerRate);
    }

    /// <summary>Each round takes two minibatches of a market, so the longest market has half as many rounds as minibatches.</summary>
    public int Count(IReadOnlyList<SampleStream> streams) => Math.Max(1, streams.Max(stream => stream.Batches) / 2);

    /// <inheritdoc/>
    public RoundResult Run(IReadOnlyList<SampleStream> streams)
    {
        double sum = 0;
        int samples = 0;
        for (int i = 0; i < streams.Count; i++)
        {
            samples += streams[i].Next(_batch);
            _innerGradients.Exchange();
            Backward(1);
            using (TraceSpan.OfStage("inner step"))
            {
                _inner.Take();
                foreach (Parameter parameter in _model.Parameters)
                    parameter.ClearGradient(_device); // of those, too, that the inner step does not move
            }

            _innerGradients.Exchange();

            samples += streams[i].Next(_batch);
            sum += Backward((Real)1 / streams.Count);
            using (TraceSpan.OfStage("inner step"))
                _inner.Undo();
        }

        double loss = sum / streams.Count;
        if (double.IsFinite(loss))
        {
            using (TraceSpan.OfStage("optimiser"))
                _optimiser.Update();
        }

        return new RoundResult(loss, samples);
    }

    private double Backward(Real weight)
    {
        using OpenSpan span = TraceSpan.OfStage("step");
        _tape.Reset();
        Tensor loss = _tape.Mean(_tape.BinaryCrossEntropy(_model.Logits(_tape, _batch), _tape.Constant(_batch.Labels)));
        _tape.Backward(loss, weight);
        Span<Real> value = stackalloc Real[1];
        loss.Value.Values.Read(value);
        return value[0];
    }
}
