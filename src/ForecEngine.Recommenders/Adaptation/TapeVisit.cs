// A visit to a market in a round of meta-learning by the tape, for models that the device does not compile.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Visits markets one after another.</summary>
internal sealed class TapeVisit
{
    private readonly LossGradient _gradient;
    private readonly GradientSet _innerGradients;
    private readonly InnerStep _step;
    private readonly bool _addsSupport;

    /// <summary>Visits of a model.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="adapted">The parameters that the inner step moves.</param>
    /// <param name="rule">The rule of the inner step.</param>
    public TapeVisit(IDevice device, IRecommender model, IReadOnlyList<Parameter> adapted, InnerRule rule)
    {
        _gradient = new LossGradient(device, model);
        _innerGradients = new GradientSet(device, model.Parameters);
        _step = new InnerStep(device, model, adapted, rule.LearningRate);
        _addsSupport = rule.AddsSupport;
    }

    /// <summary>Adds a market's gradient to the model's gradients. The parameters are restored.</summary>
    public void Visit(Minibatch support, Minibatch query, Real weight, Slice<Real> loss)
    {
        if (_addsSupport)
            _gradient.Add(support, weight, loss);
        _innerGradients.Exchange();
        _gradient.Add(support, 1, loss);
        _step.Move();
        _innerGradients.Exchange();
        _gradient.Add(query, weight, loss);
        _step.Undo();
    }
}
