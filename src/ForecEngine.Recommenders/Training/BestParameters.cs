// Keeps the parameters of the epoch with the best validation score.

namespace ForecEngine.Recommenders.Training;

internal sealed class BestParameters(IDevice device, IReadOnlyList<Parameter> parameters)
{
    private readonly (Parameter Parameter, Slice<Real> Copy)[] _copies =
        [.. parameters.Where(p => !p.IsFrozen).Select(p => (p, device.Allocate<Real>(p.Value.Values.Length).Slice()))];

    /// <summary>The best epoch so far; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>The best score.</summary>
    public double Score { get; private set; } = double.NegativeInfinity;

    /// <summary>The copies, by parameter.</summary>
    public IEnumerable<(Parameter Parameter, Slice<Real> Copy)> Copies => _copies;

    /// <summary>Copies the parameters if <paramref name="score"/> is better than all scores before.</summary>
    public void Offer(int epoch, double score)
    {
        if (!(score > Score))
            return;
        (Score, Epoch) = (score, epoch);
        foreach ((Parameter parameter, Slice<Real> copy) in _copies)
            device.Copy(parameter.Value.Values, copy);
    }

    /// <summary>Resumes from a checkpoint, after <see cref="Copies"/> have been restored.</summary>
    public void Resume(int epoch, double score) => (Epoch, Score) = (epoch, score);

    /// <summary>Copies the best parameters to the model.</summary>
    public void Restore()
    {
        foreach ((Parameter parameter, Slice<Real> copy) in _copies)
            device.Copy(copy, parameter.Value.Values);
    }
}
