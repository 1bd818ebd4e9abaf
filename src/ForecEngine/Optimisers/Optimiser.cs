// What turns gradients into a step. What an optimiser keeps from step to step is named tensors and a number of steps, so that a checkpoint
// can hold any optimiser's.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Optimisers;

/// <summary>A value that an optimiser keeps for every element of a parameter.</summary>
/// <param name="Name">The statistic's name and the parameter's, as torch.optim names them: <c>exp_avg.affine_output.weight</c>.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Values">As many as the parameter has.</param>
public readonly record struct OptimiserTensor(string Name, Parameter Parameter, Slice<Real> Values);

/// <summary>Moves parameters by their gradients.</summary>
public abstract class Optimiser
{
    /// <summary>The name that checkpoints record: <c>adam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How many steps have been made. Set where training goes on from a checkpoint, once <see cref="State"/> has its values.</summary>
    public int Steps { get; set; }

    /// <summary>What the optimiser keeps from step to step, besides <see cref="Steps"/>; zeros before the first step.</summary>
    public abstract IReadOnlyList<OptimiserTensor> State { get; }

    /// <summary>Moves every parameter once by the gradient that it has gathered, and clears the gradients.</summary>
    /// <param name="loss">The loss of the step: where it is not finite, no parameter moves. Empty: parameters always move.</param>
    public abstract void Update(Slice<Real> loss = default);
}

/// <summary>An optimiser whose step is a rule over elements.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
public abstract class Optimiser<TRule> : Optimiser
    where TRule : unmanaged, IUpdateRule
{
    private readonly IDevice _device;
    private readonly Moved[] _moved;
    private readonly ParameterUpdate<TRule>[] _updates;

    /// <summary>An optimiser before its first step.</summary>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="parameters">What to move, except those that are frozen now.</param>
    /// <param name="statistics">The names of the rule's statistics, as many as it keeps.</param>
    protected Optimiser(IDevice device, IReadOnlyList<Parameter> parameters, params IReadOnlyList<string> statistics)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(statistics.Count, TRule.Statistics);
        _device = device;
        _moved = [.. parameters.Where(p => !p.IsFrozen).Select(p => new Moved(p, [.. statistics.Select(_ => device.Allocate<Real>(p.Value.Values.Length).Slice())]))];
        _updates = new ParameterUpdate<TRule>[_moved.Length];
        State = [.. _moved.SelectMany(moved => statistics.Zip(moved.Statistics, (name, values) => new OptimiserTensor($"{name}.{moved.Parameter.Name}", moved.Parameter, values)))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OptimiserTensor> State { get; }

    /// <summary>Whether rows of a table that have no gradient stay as they are.</summary>
    protected virtual bool MovesTouchedRowsOnly => false;

    /// <summary>The rule of a step.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="ofTables">Whether it is for embedding tables or for dense parameters.</param>
    protected abstract TRule RuleOf(int step, bool ofTables);

    /// <inheritdoc/>
    public override void Update(Slice<Real> loss = default)
    {
        Steps++;
        TRule dense = RuleOf(Steps, ofTables: false), tables = RuleOf(Steps, ofTables: true);
        for (int i = 0; i < _moved.Length; i++)
        {
            (Parameter parameter, Slice<Real>[] statistics) = _moved[i];
            Slice<Real> first = statistics.Length > 0 ? statistics[0] : default, second = statistics.Length > 1 ? statistics[1] : default;
            _updates[i] = parameter is EmbeddingTable table
                ? new(tables, table.Value, first, second, table.Gradient.Rows, table.Gradient.Values, MovesTouchedRowsOnly)
                : new(dense, parameter.Value.Values, first, second, ((DenseParameter)parameter).Gradient.Values);
        }

        _device.Update<TRule>(loss, _updates);
        foreach ((Parameter parameter, _) in _moved)
            (parameter as EmbeddingTable)?.Gradient.Clear();
    }

    private sealed record Moved(Parameter Parameter, Slice<Real>[] Statistics);
}
