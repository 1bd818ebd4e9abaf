// A visit to a market in a round of meta-learning by the tape, for models that the device does not compile.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Adaptation;

internal sealed class TapeVisit
{
    private readonly LossGradient _gradient;
    private readonly GradientSet _innerGradients;
    private readonly InnerStep _step;
    private readonly bool _addsSupport;

    /// <summary>Visits of a model.</summary>
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
