// The base classes of optimisers. The state of an optimiser is a number of steps and named tensors, so that a checkpoint can hold that of
// any optimiser.

namespace ForecEngine.Optimisers;

/// <summary>A statistic that an optimiser keeps for every element of a parameter.</summary>
/// <param name="Name">The names of the statistic, as in torch.optim, and of the parameter: <c>exp_avg.affine_output.weight</c>.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Values">A value for each element of the parameter.</param>
public readonly record struct OptimiserTensor(string Name, Parameter Parameter, Slice<Real> Values);

/// <summary>Moves parameters by their gradients.</summary>
public abstract class Optimiser
{
    /// <summary>The name in checkpoints, such as <c>adam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of steps made. Set it to resume from a checkpoint, after restoring <see cref="State"/>.</summary>
    public int Steps { get; set; }

    /// <summary>The factor on the learning rate in the next steps, by a <see cref="RateSchedule"/>; 1 without one.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>The state that is kept from step to step, besides <see cref="Steps"/>; zeros before the first step.</summary>
    public abstract IReadOnlyList<OptimiserTensor> State { get; }

    /// <summary>Makes a step with the accumulated gradients, and clears them.</summary>
    /// <param name="losses">The losses of the step; if one is not finite, no parameter moves. Without any, parameters always move.</param>
    public abstract void Update(Slice<Real> losses = default);
}

/// <summary>An optimiser whose step is an elementwise rule.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
public abstract class Optimiser<TRule> : Optimiser
    where TRule : unmanaged, IUpdateRule
{
    private readonly IDevice _device;
    private readonly Moved[] _moved;
    private readonly ParameterUpdate<TRule>[] _updates;

    /// <summary>An optimiser before its first step.</summary>
    /// <param name="device">The device that holds the parameters.</param>
    /// <param name="parameters">The parameters to move, except those that are frozen now.</param>
    /// <param name="statistics">The names of the statistics that the rule keeps.</param>
    protected Optimiser(IDevice device, IReadOnlyList<Parameter> parameters, params IReadOnlyList<string> statistics)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(statistics.Count, TRule.Statistics);
        _device = device;
        _moved = [.. parameters.Where(parameter => !parameter.IsFrozen).Select(ToMove)];
        _updates = new ParameterUpdate<TRule>[_moved.Length];
        State = [.. _moved.SelectMany(moved => statistics.Zip(
            moved.Statistics, (name, values) => new OptimiserTensor($"{name}.{moved.Parameter.Name}", moved.Parameter, values)))];

        device.Prepare<TRule>([.. _moved.Select(moved => UpdateOf(moved, default, touchedOnly: false))]);

        Moved ToMove(Parameter parameter) =>
            new(parameter, [.. statistics.Select(_ => device.Allocate<Real>(parameter.Value.Values.Length).Slice())]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OptimiserTensor> State { get; }

    /// <summary>Whether only table rows with a gradient move.</summary>
    protected virtual bool MovesTouchedRowsOnly => false;

    /// <summary>The rule of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="rateFactor">The factor on the optimiser's learning rate in this step.</param>
    /// <param name="parameter">The parameter to move.</param>
    protected abstract TRule RuleOf(int step, double rateFactor, Parameter parameter);

    /// <inheritdoc/>
    public override void Update(Slice<Real> losses = default)
    {
        Steps++;
        for (int i = 0; i < _moved.Length; i++)
            _updates[i] = UpdateOf(_moved[i], RuleOf(Steps, RateFactor, _moved[i].Parameter), MovesTouchedRowsOnly);

        _device.Update<TRule>(losses, _updates);
        foreach ((Parameter parameter, _) in _moved)
            (parameter as EmbeddingTable)?.Gradient.Clear();
    }

    private static ParameterUpdate<TRule> UpdateOf(Moved moved, TRule rule, bool touchedOnly)
    {
        Slice<Real>[] statistics = moved.Statistics;
        Slice<Real> first = statistics.Length > 0 ? statistics[0] : default, second = statistics.Length > 1 ? statistics[1] : default;
        return moved.Parameter is EmbeddingTable table
            ? new(rule, table.Value, first, second, table.Gradient.Rows, table.Gradient.Values, touchedOnly)
            : new(rule, moved.Parameter.Value.Values, first, second, ((DenseParameter)moved.Parameter).Gradient.Values);
    }

    private sealed record Moved(Parameter Parameter, Slice<Real>[] Statistics);
}
