// The parameters of the epoch that ranked validation best.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Keeps a copy of a model's parameters as they were when they scored best.</summary>
internal sealed class BestParameters(IRecommender model)
{
    private readonly Real[][] _copies = [.. model.Parameters.Select(p => new Real[p.Value.Values.Length])];
    private double _score = double.NegativeInfinity;

    /// <summary>The best epoch so far; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>Keeps the parameters if <paramref name="score"/> is better than every score before it.</summary>
    public void Offer(int epoch, double score)
    {
        if (!(score > _score))
            return;
        (_score, Epoch) = (score, epoch);
        foreach ((Parameter parameter, Real[] copy) in model.Parameters.Zip(_copies))
            parameter.Value.Values.Read(copy);
    }

    /// <summary>Puts the best parameters back.</summary>
    public void Restore()
    {
        if (Epoch == 0)
            return;
        foreach ((Parameter parameter, Real[] copy) in model.Parameters.Zip(_copies))
            parameter.Value.Values.Write(copy);
    }
}
