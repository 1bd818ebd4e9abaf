// The conditional logit (McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", 1974): a user chooses one of some
// candidates with probabilities proportional to e^(weights x features). The weights maximise
//   sum over users of ln p(chosen) - strength / 2 sum over features f of (deviation(f) (weight(f) - prior(f)))^2
// by Newton's method with step halving, in double. deviation(f) is the standard deviation of a feature among the candidates of a user, so
// that the strength is a number of users whatever the features' units are.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Choices of users among candidates.</summary>
/// <param name="prior">The weights without any choice.</param>
/// <param name="strength">The strength of the prior, in users.</param>
public sealed class ConditionalLogit(IReadOnlyList<double> prior, double strength)
{
    private const int MostSteps = 50;
    private const int MostHalvings = 30;
    private const double Enough = 1e-9; // of the objective per user

    private readonly int _features = prior.Count;
    private readonly List<double[]> _choices = [];

    /// <summary>Adds a user's candidates.</summary>
    /// <param name="features">The features of each candidate, [candidates, features]; the first candidate is the chosen one.</param>
    public void Add(ReadOnlySpan<double> features)
    {
        // The differences to the chosen candidate: a feature that is equal for all is exactly 0, and large features keep their digits.
        double[] differences = features.ToArray();
        for (int i = 0; i < differences.Length; i++)
            differences[i] -= features[i % _features];
        _choices.Add(differences);
    }

    /// <summary>Fits the weights; the prior's if nobody chose.</summary>
    public double[] Fit()
    {
        double[] weights = [.. prior], penalties = [.. Variances().Select(variance => strength * variance)];
        double[] gradient = new double[_features], hessian = new double[_features * _features];
        double objective = Objective(weights, penalties, gradient, hessian);
        for (int step = 0; step < MostSteps && _choices.Count > 0; step++)
        {
            for (int f = 0; f < _features; f++)
            {
                // Features may be multiples of each other; a feature that is equal for all candidates does not move.
                double curvature = hessian[(f * _features) + f];
                hessian[(f * _features) + f] = curvature > 0 ? curvature * (1 + 1e-9) : 1;
            }

            CholeskySolve.Solve(hessian, gradient);
            double[] direction = [.. gradient], next = weights;
            double gain = 0, scale = 1;
            for (int halving = 0; halving < MostHalvings && gain <= 0; halving++, scale /= 2)
            {
                next = [.. weights.Zip(direction, (weight, change) => weight + (scale * change))];
                gain = Objective(next, penalties, gradient, hessian) - objective;
            }

            if (!(gain > 0))
                break;
            (weights, objective) = (next, objective + gain);
            if (gain < Enough * _choices.Count)
                break;
        }

        return weights;
    }

    // The mean variance of each feature among a user's candidates.
    private double[] Variances()
    {
        double[] variances = new double[_features];
        foreach (double[] features in _choices)
        {
            int candidates = features.Length / _features;
            for (int f = 0; f < _features; f++)
            {
                double sum = 0, squares = 0;
                for (int at = f; at < features.Length; at += _features)
                    sum += features[at];
                for (int at = f; at < features.Length; at += _features)
                    squares += (features[at] - (sum / candidates)) * (features[at] - (sum / candidates));
                variances[f] += squares / candidates / _choices.Count;
            }
        }

        return variances;
    }

    // Overwrites the gradient, and the lower half of the negative Hessian.
    private double Objective(double[] weights, double[] penalties, double[] gradient, double[] hessian)
    {
        double objective = 0;
        Array.Clear(gradient);
        Array.Clear(hessian);
        for (int f = 0; f < _features; f++)
        {
            double away = weights[f] - prior[f];
            objective -= penalties[f] * away * away / 2;
            gradient[f] -= penalties[f] * away;
            hessian[(f * _features) + f] += penalties[f];
        }

        double[] mean = new double[_features];
        foreach (double[] features in _choices)
            objective += AddChoice(features, weights, gradient, hessian, mean);
        return objective;
    }

    // Features are differences to those of the chosen candidate.
    private double AddChoice(double[] features, double[] weights, double[] gradient, double[] hessian, double[] mean)
    {
        int candidates = features.Length / _features;
        Span<double> shares = candidates <= 1024 ? stackalloc double[candidates] : new double[candidates];
        double largest = double.NegativeInfinity, total = 0;
        for (int candidate = 0; candidate < candidates; candidate++)
        {
            double sum = 0;
            for (int f = 0; f < _features; f++)
                sum += weights[f] * features[(candidate * _features) + f];
            shares[candidate] = sum;
            largest = Math.Max(largest, sum);
        }

        double chosen = shares[0] - largest;
        foreach (ref double share in shares)
            total += share = Math.Exp(share - largest);
        mean.AsSpan().Clear();
        for (int candidate = 0; candidate < candidates; candidate++)
        {
            shares[candidate] /= total;
            for (int f = 0; f < _features; f++)
                mean[f] += shares[candidate] * features[(candidate * _features) + f];
        }

        // The covariance from differences to the mean: differences of products lose digits.
        for (int candidate = 0; candidate < candidates; candidate++)
        {
            ReadOnlySpan<double> own = features.AsSpan(candidate * _features, _features);
            for (int f = 0; f < _features; f++)
            {
                double scaled = shares[candidate] * (own[f] - mean[f]);
                for (int g = 0; g <= f; g++)
                    hessian[(f * _features) + g] += scaled * (own[g] - mean[g]);
            }
        }

        for (int f = 0; f < _features; f++)
            gradient[f] -= mean[f]; // the chosen candidate's features are 0
        return chosen - Math.Log(total);
    }
}
