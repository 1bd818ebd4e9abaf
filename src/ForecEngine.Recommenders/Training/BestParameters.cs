// The parameters of the epoch that ranked validation best.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Keeps a copy, on the device, of what trains of a model as it was when it scored best.</summary>
internal sealed class BestParameters(IDevice device, IRecommender model)
{
    private readonly (Parameter Parameter, Slice<Real> Copy)[] _copies =
        [.. model.Parameters.Where(p => !p.IsFrozen).Select(p => (p, device.Allocate<Real>(p.Value.Values.Length).Slice()))];

    /// <summary>The best epoch so far; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>The best score.</summary>
    public double Score { get; private set; } = double.NegativeInfinity;

    /// <summary>The copies, by parameter.</summary>
    public IEnumerable<(Parameter Parameter, Slice<Real> Copy)> Copies => _copies;

    /// <summary>Keeps the parameters if <paramref name="score"/> is better than every score before it.</summary>
    public void Offer(int epoch, double score)
    {
        if (!(score > Score))
            return;
        (Score, Epoch) = (score, epoch);
        foreach ((Parameter parameter, Slice<Real> copy) in _copies)
            device.Copy(parameter.Value.Values, copy);
    }

    /// <summary>Goes on from where another run stopped, once <see cref="Copies"/> have its values.</summary>
    public void Resume(int epoch, double score) => (Epoch, Score) = (epoch, score);

    /// <summary>Puts the best parameters back.</summary>
    public void Restore()
    {
        if (Epoch == 0)
            return;
        foreach ((Parameter parameter, Slice<Real> copy) in _copies)
            device.Copy(copy, parameter.Value.Values);
    }
}
