// Stochastic gradient descent; the formula is in the kernel (Ops/Sgd).

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Optimisers;

/// <summary>Stochastic gradient descent with L2 in the gradient, as torch.optim.SGD without momentum.</summary>
/// <param name="device">Where the parameters live.</param>
/// <param name="parameters">What to move; those that are frozen stay as they are.</param>
/// <param name="rate">The learning rate.</param>
/// <param name="l2">The L2 coefficient; where it is not 0, every row of a table decays at every step.</param>
public sealed class SgdOptimiser(IDevice device, IReadOnlyList<Parameter> parameters, double rate, double l2 = 0) : IOptimiser
{
    private readonly Parameter[] _moved = [.. parameters];
    private readonly ParameterUpdate<Sgd>[] _updates = new ParameterUpdate<Sgd>[parameters.Count];

    /// <inheritdoc/>
    public void Update()
    {
        Sgd rule = new(rate, l2);
        int count = 0;
        foreach (Parameter parameter in _moved)
        {
            if (!parameter.IsFrozen)
                _updates[count++] = parameter.UpdatedBy(rule, rule, default, default, touchedOnly: l2 == 0);
        }

        device.Update<Sgd>(_updates.AsSpan(0, count));
        foreach (Parameter parameter in _moved)
        {
            if (!parameter.IsFrozen)
                parameter.ForgetUpdated();
        }
    }
}
