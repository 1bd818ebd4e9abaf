// Weights of a user's items by their age: the last item counts most. With a distance of 1 for the last item, 2 for the one before and so
// on,
//   w = (1 - floor) decay^(distance - 1) + floor.

namespace ForecEngine.Recommenders.Fits;

/// <summary>How the weight of an item falls with its distance from the end of the history.</summary>
/// <param name="Decay">The factor from an item to the one before it, above 0; 1 for equal weights.</param>
/// <param name="Floor">The weight of the oldest items, from 0 to 1.</param>
public sealed record Recency(double Decay = 1, double Floor = 0)
{
    /// <summary>The weight at a distance from the end, from 1.</summary>
    public double At(int distance) => ((1 - Floor) * Math.Pow(Decay, distance - 1)) + Floor;

    /// <summary>The weight of a history's item; 1 if the history has no times.</summary>
    /// <param name="history">The history.</param>
    /// <param name="place">The item's place, from 0 for the oldest.</param>
    public Real Of(History history, int place) => history.IsTimed ? (Real)At(history.Items.Length - place) : 1;

    /// <summary>The rule as a tensor of a checkpoint.</summary>
    internal SafeTensor Tensor => SafeTensor.Of(Name, [(Real)Decay, (Real)Floor], 2);

    /// <summary>Reads the rule; earlier versions have equal weights.</summary>
    internal static Recency Read(SafetensorsFile file)
    {
        if (!file.TryFind(Name, out _))
            return new Recency();
        Real[] values = new Real[2];
        file.Find(Name, 2).CopyTo(values);
        return new Recency(values[0], values[1]);
    }

    private const string Name = "recency";
}
