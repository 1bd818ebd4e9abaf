// Adam's numbers.

namespace ForecEngine.Optimisers;

/// <summary>Which rows of an embedding table an Adam step moves.</summary>
public enum AdamMode
{
    /// <summary>Every row at every step, as torch.optim.Adam: a row without a gradient still moves by its momentum and its decay.</summary>
    Dense,

    /// <summary>Only the rows that the minibatch touched, as torch.optim.SparseAdam; L2 reaches those rows alone.</summary>
    Lazy,
}

/// <summary>Adam's numbers (Kingma and Ba, ICLR 2015).</summary>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="L2">The coefficient of L2 in the gradient (torch's weight_decay).</param>
/// <param name="Mode">Which rows of a table move. Dense parameters always move whole, by torch.optim.Adam's rule.</param>
/// <param name="Beta1">The decay of the first moment.</param>
/// <param name="Beta2">The decay of the second moment.</param>
/// <param name="Epsilon">What is added to the denominator.</param>
public sealed record AdamOptions(
    double LearningRate, double L2 = 0, AdamMode Mode = AdamMode.Dense, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8);
