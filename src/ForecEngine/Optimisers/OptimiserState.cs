// What an optimiser remembers from step to step, as named values: what a checkpoint keeps of it and what must stay finite.

using ForecEngine.Kernels;

namespace ForecEngine.Optimisers;

/// <summary>A value that an optimiser keeps for every element of a parameter.</summary>
/// <param name="Name">torch.optim's name of it and the parameter's, such as <c>exp_avg.affine_output.weight</c>.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Values">As many as the parameter has.</param>
public readonly record struct OptimiserTensor(string Name, Parameter Parameter, Slice<Real> Values);

/// <summary>What an optimiser remembers from step to step.</summary>
/// <param name="Kind">Which optimiser, as checkpoints call it.</param>
/// <param name="Steps">How many steps have been made, where that bears on the next one; else 0.</param>
/// <param name="Tensors">What it keeps; nothing for plain gradient descent.</param>
public sealed record OptimiserState(string Kind, int Steps, IReadOnlyList<OptimiserTensor> Tensors)
{
    /// <summary>The first moments' name.</summary>
    public const string First = "exp_avg";

    /// <summary>The second moments' name.</summary>
    public const string Second = "exp_avg_sq";

    /// <summary>The state of an optimiser as it is now; the values are not copied.</summary>
    /// <exception cref="NotSupportedException">Checkpoints do not know it: going on from one would lose what it remembers.</exception>
    public static OptimiserState Of(IOptimiser optimiser) => optimiser switch
    {
        AdamOptimiser adam => new("adam", adam.Steps, [.. adam.State.SelectMany(state => (OptimiserTensor[])
        [
            new($"{First}.{state.Parameter.Name}", state.Parameter, state.First),
            new($"{Second}.{state.Parameter.Name}", state.Parameter, state.Second),
        ])]),
        SgdOptimiser => new("sgd", 0, []),
        _ => throw new NotSupportedException($"checkpoints do not know the state of {optimiser.GetType()}; "
            + $"they know that of {nameof(AdamOptimiser)} and {nameof(SgdOptimiser)}"),
    };
}
