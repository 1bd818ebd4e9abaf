// How the learning rate falls in the course of a training. With x the fraction of the decay that is done, from 0 to 1, and f the final
// fraction of the rate, the factor on the learning rate is
//   constant: 1,   linear: 1 - (1 - f) x,   cosine: f + (1 - f) (1 + cos(pi x)) / 2   (Loshchilov and Hutter, "SGDR", ICLR 2017).

namespace ForecEngine.Optimisers;

/// <summary>The shape of a schedule.</summary>
public enum RateShape
{
    /// <summary>The learning rate stays the same.</summary>
    Constant,

    /// <summary>The learning rate falls along a line.</summary>
    Linear,

    /// <summary>The learning rate falls along half a period of a cosine.</summary>
    Cosine,
}

/// <summary>A schedule of the learning rate.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="DecayStart">The fraction of the steps after which the rate begins to fall, 0 to 1.</param>
/// <param name="FinalRate">The fraction of the learning rate that is left at the end, 0 to 1.</param>
public sealed record RateSchedule(RateShape Shape = RateShape.Constant, double DecayStart = 0, double FinalRate = 0)
{
    private const int CosineTerms = 14; // the next term is below 1e-17

    /// <summary>The factor on the learning rate. It has the same bits on every machine.</summary>
    /// <param name="done">The fraction of the steps that have been made, 0 to 1.</param>
    public double FactorAt(double done)
    {
        if (Shape == RateShape.Constant || done <= DecayStart)
            return 1;
        double x = Math.Min(1, (done - DecayStart) / (1 - DecayStart));
        double left = Shape == RateShape.Linear ? 1 - x : (1 + Cosine(Math.PI * x)) / 2;
        return FinalRate + ((1 - FinalRate) * left);
    }

    // Taylor's series, since the last bits of the platform's cosine differ between machines; the angle is at most pi.
    private static double Cosine(double angle)
    {
        double sum = 1, term = 1;
        for (int i = 1; i <= CosineTerms; i++)
        {
            term *= -angle * angle / ((2 * i) * ((2 * i) - 1));
            sum += term;
        }

        return sum;
    }
}
