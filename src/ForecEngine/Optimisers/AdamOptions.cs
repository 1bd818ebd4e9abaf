// The settings of Adam.

namespace ForecEngine.Optimisers;

/// <summary>Which rows of an embedding table an Adam step moves.</summary>
public enum AdamMode
{
    /// <summary>Every row in every step, as in torch.optim.Adam: rows without a gradient still move by momentum and L2.</summary>
    Dense,

    /// <summary>Only the rows of the minibatch, as in torch.optim.SparseAdam; L2 also applies only to these.</summary>
    Lazy,
}

/// <summary>The settings of Adam (Kingma and Ba, ICLR 2015).</summary>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="L2">The coefficient of L2 in the gradient (torch's weight_decay).</param>
/// <param name="Mode">Which rows of a table move. Dense parameters always follow torch.optim.Adam.</param>
/// <param name="Beta1">The decay of the first moment.</param>
/// <param name="Beta2">The decay of the second moment.</param>
/// <param name="Epsilon">The number added to the denominator.</param>
public sealed record AdamOptions(
    double LearningRate, double L2 = 0, AdamMode Mode = AdamMode.Dense, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8);
