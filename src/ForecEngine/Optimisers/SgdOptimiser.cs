// Stochastic gradient descent. Ops/Sgd.cs has the formula.

namespace ForecEngine.Optimisers;

/// <summary>Stochastic gradient descent with L2 in the gradient, as torch.optim.SGD without momentum.</summary>
/// <param name="device">The device that holds the parameters.</param>
/// <param name="parameters">The parameters to move, except those that are frozen now.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="l2">The coefficient of L2; unless it is 0, every row of a table decays in every step.</param>
public sealed class SgdOptimiser(IDevice device, IReadOnlyList<Parameter> parameters, double learningRate, double l2 = 0)
    : Optimiser<Sgd>(device, parameters)
{
    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    protected override bool MovesTouchedRowsOnly => l2 == 0;

    /// <inheritdoc/>
    protected override Sgd RuleOf(int step, double rateFactor, Parameter parameter) =>
        new(learningRate * rateFactor, parameter.Decays ? l2 : 0);
}
