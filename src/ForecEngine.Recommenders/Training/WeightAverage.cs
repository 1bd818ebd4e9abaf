// Weight averaging: the result of a phase is a mean of the parameters at the ends of its epochs (Izmailov et al., "Averaging Weights Leads
// to Wider Optima and Better Generalization", UAI 2018), with weights that decay exponentially with the age of the epoch. After epoch n,
//   mean = (p(n) + d p(n-1) + d^2 p(n-2) + ...) / (1 + d + d^2 + ...),   computed as mean += (1 - d) / (1 - d^n) (p(n) - mean).
// Training continues from the parameters, not from their mean.

namespace ForecEngine.Recommenders.Training;

internal sealed class WeightAverage(IDevice device, IReadOnlyList<Parameter> parameters, double decay)
{
    private readonly (Parameter Parameter, Slice<Real> Mean, Real[] Own, Real[] Read)[] _parts =
    [
        .. parameters.Where(parameter => !parameter.IsFrozen).Select(parameter => (
            parameter, device.Allocate<Real>(parameter.Value.Values.Length).Slice(), new Real[parameter.Value.Values.Length],
            new Real[parameter.Value.Values.Length])),
    ];

    /// <summary>The means, by parameter.</summary>
    public IEnumerable<(Parameter Parameter, Slice<Real> Mean)> Means => _parts.Select(part => (part.Parameter, part.Mean));

    /// <summary>Adds the parameters at the end of an epoch, from 1, to the means.</summary>
    public void Add(int epoch)
    {
        double power = 1;
        for (int i = 0; i < epoch; i++)
            power *= decay;
        Real share = (Real)((1 - decay) / (1 - power));
        foreach ((Parameter parameter, Slice<Real> mean, Real[] own, Real[] means) in _parts)
        {
            parameter.Value.Values.Read(own);
            mean.Read(means);
            for (int i = 0; i < own.Length; i++)
                means[i] += share * (own[i] - means[i]);
            mean.Write(means);
        }
    }

    /// <summary>Exchanges the parameters and their means.</summary>
    public void Exchange()
    {
        foreach ((Parameter parameter, Slice<Real> mean, Real[] own, Real[] means) in _parts)
        {
            parameter.Value.Values.Read(own);
            mean.Read(means);
            parameter.Value.Values.Write(means);
            mean.Write(own);
        }
    }
}
