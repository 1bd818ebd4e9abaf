// Weights of a user's items by their age: the last item counts most. With a distance of 1 for the last item, 2 for the one before and so
// on,
//   w = (1 - floor) decay^(distance - 1) + floor.

namespace ForecEngine.Recommenders.Fits;

/// <summary>How the weight of an item falls with its distance from the end of the history.</summary>
/// <param name="Decay">The factor from an item to the one before it, above 0 and at most 1. With 1 all weights are equal.</param>
/// <param name="Floor">The weight of the oldest items, from 0 to 1.</param>
public sealed record Recency(double Decay = 1, double Floor = 0)
{
    /// <summary>The weight at a distance from the end, from 1.</summary>
    public double At(int distance) => ((1 - Floor) * Math.Pow(Decay, distance - 1)) + Floor;

    /// <summary>The weight of a history's item; 1 if the history has no times.</summary>
    /// <param name="history">The history.</param>
    /// <param name="place">The item's place, from 0 for the oldest.</param>
    public Real Of(History history, int place) => history.IsTimed ? (Real)At(history.Items.Length - place) : 1;

    /// <summary>The rule as a tensor of a checkpoint: in double, so that a model that is read has weights with the same bits.</summary>
    internal SafeTensor Tensor => SafeTensor.Of(Name, [Decay, Floor], 2);

    /// <summary>Reads the rule; earlier versions have equal weights.</summary>
    /// <exception cref="CheckpointException">The rule is damaged.</exception>
    internal static Recency Read(SafetensorsFile file)
    {
        if (!file.TryFind(Name, out _))
            return new Recency();
        double[] values = new double[2];
        file.Find(Name, 2).CopyTo(values);
        return values is [> 0 and <= 1, >= 0 and <= 1]
            ? new Recency(values[0], values[1])
            : throw new CheckpointException(
                file.Path, $"{Name} is damaged: expects a decay above 0, at most 1, and a floor from 0 to 1");
    }

    private const string Name = "recency";
}
