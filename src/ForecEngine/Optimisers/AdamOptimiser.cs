// Adam over a model's parameters; the formulas are in the kernel (Ops/Adam).

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Optimisers;

/// <summary>Adam, dense or lazy.</summary>
public sealed class AdamOptimiser : IOptimiser
{
    private readonly IDevice _device;
    private readonly AdamOptions _options;
    private readonly Moments[] _moments;
    private readonly ParameterUpdate<Adam>[] _updates;

    /// <summary>Adam before its first step: both moments are zero.</summary>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="parameters">What to move, but for those that are frozen now.</param>
    /// <param name="options">The learning rate and the rest.</param>
    public AdamOptimiser(IDevice device, IReadOnlyList<Parameter> parameters, AdamOptions options)
    {
        _device = device;
        _options = options;
        _moments = [.. parameters.Where(p => !p.IsFrozen).Select(p => new Moments(
            p, device.Allocate<Real>(p.Value.Values.Length).Slice(), device.Allocate<Real>(p.Value.Values.Length).Slice()))];
        _updates = new ParameterUpdate<Adam>[_moments.Length];
    }

    /// <summary>How many steps have been made.</summary>
    public int Steps { get; private set; }

    /// <summary>Both moments of every parameter, each as long as the parameter.</summary>
    public IEnumerable<(Parameter Parameter, Slice<Real> First, Slice<Real> Second)> State =>
        _moments.Select(m => (m.Parameter, m.First, m.Second));

    /// <summary>Goes on from where another run stopped, once <see cref="State"/> has been overwritten with its moments.</summary>
    /// <param name="steps">How many steps had been made.</param>
    public void Resume(int steps) => Steps = steps;

    /// <inheritdoc/>
    public void Update()
    {
        Steps++;
        (double rate, double l2, AdamMode mode, double beta1, double beta2, double epsilon) = _options;
        Adam dense = Adam.Dense(Steps, rate, beta1, beta2, epsilon, l2);
        Adam rows = mode == AdamMode.Lazy ? Adam.Lazy(Steps, rate, beta1, beta2, epsilon, l2) : dense;
        for (int i = 0; i < _moments.Length; i++)
        {
            (Parameter parameter, Slice<Real> first, Slice<Real> second) = _moments[i];
            _updates[i] = parameter.UpdatedBy(dense, rows, first, second, touchedOnly: mode == AdamMode.Lazy);
        }

        _device.Update<Adam>(_updates);
        foreach (Moments moments in _moments)
            moments.Parameter.ForgetUpdated();
    }

    private sealed record Moments(Parameter Parameter, Slice<Real> First, Slice<Real> Second);
}
