// Adam over a model's parameters. Ops/Adam.cs has the formulas.

namespace ForecEngine.Optimisers;

/// <summary>Adam, dense or lazy.</summary>
/// <param name="device">The device that holds the parameters.</param>
/// <param name="parameters">The parameters to move, except those that are frozen now.</param>
/// <param name="options">The learning rate and the other settings.</param>
public sealed class AdamOptimiser(IDevice device, IReadOnlyList<Parameter> parameters, AdamOptions options)
    : Optimiser<Adam>(device, parameters, "exp_avg", "exp_avg_sq")
{
    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    protected override bool MovesTouchedRowsOnly => options.Mode == AdamMode.Lazy;

    /// <inheritdoc/>
    protected override Adam RuleOf(int step, double rateFactor, Parameter parameter)
    {
        (double rate, double l2, AdamMode mode, double beta1, double beta2, double epsilon) = options;
        rate *= rateFactor;
        l2 = parameter.Decays ? l2 : 0;
        return parameter is EmbeddingTable && mode == AdamMode.Lazy
            ? Adam.Lazy(step, rate, beta1, beta2, epsilon, l2)
            : Adam.Dense(step, rate, beta1, beta2, epsilon, l2);
    }
}
