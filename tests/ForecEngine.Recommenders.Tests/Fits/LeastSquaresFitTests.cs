// The vectors of iALS are the minima of its objective.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class LeastSquaresFitTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void At_a_users_vector_the_gradient_of_the_objective_is_0(Seed seed, byte dimension, byte unobserved, bool weighs)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/ials");
        int d = 1 + (dimension % 9), items = 12;
        double a = unobserved % 4 / 4.0, ridge = 0.01;
        double[] numbers = [.. Enumerable.Range(0, items * d).Select(i => draws.Normal((ulong)i))];
        double[][] vectors = [.. numbers.Chunk(d)];
        int[] rows = [.. Enumerable.Range(0, items).Where(item => draws.Below(1000 + (ulong)item, 2) == 0)];
        Real[] weights = weighs ? [.. rows.Select(row => (Real)draws.Uniform(2000 + (ulong)row))] : [];
        double[] x = new LeastSquares(vectors, a, ridge).Vector(rows, weights);
        for (int k = 0; k < d; k++)
        {
            double gradient = ridge * (rows.Length + (a * items)) * x[k];
            for (int i = 0; i < items; i++)
                gradient += a * Dot(x, vectors[i]) * vectors[i][k];
            for (int i = 0; i < rows.Length; i++)
                gradient += (weighs ? weights[i] : 1) * (Dot(x, vectors[rows[i]]) - 1) * vectors[rows[i]][k];
            Assert.Equal(0, gradient, 1e-9);
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_score_is_the_product_of_the_vectors_of_the_user_and_the_item(Seed seed, bool hasSource, bool isTimed)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        LeastSquaresFit fit = new(3, Unobserved: 0.2, Ridge: 0.05, Sweeps: 2) { Recency = new Recency(0.8, 0.1) };
        IFittedModel model = fit.Make(markets.Input(_device));
        double[][] y = Vectors(model);
        foreach (int user in markets.Users)
        {
            int[] history = markets.History(user);
            double[] weights = [.. history.Select((_, place) => isTimed ? (0.9 * Math.Pow(0.8, history.Length - 1 - place)) + 0.1 : 1)];
            double[] x = Solved(y, history, weights, fit);
            Real[] scores = new Real[markets.Items.Length];
            model.Scorer(_device, 0).ScoreAll([user], markets.Items, scores);
            Assert.All(markets.Items, item => Assert.Equal(Dot(x, y[item]), scores[item], 1e-5));
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 10)]
    public void No_sweep_raises_the_objective(Seed seed, bool hasSource)
    {
        FitMarkets markets = new(seed.Value, hasSource);
        double[] objectives = [.. Enumerable.Range(1, 5).Select(sweeps => Objective(markets, new(3, 0.1, 0.01, sweeps)))];
        Assert.All(objectives.Zip(objectives.Skip(1)), pair => Assert.True(pair.Second <= pair.First * (1 + 1e-6), $"{pair}"));
        Assert.True(objectives[^1] < objectives[0]);
    }

    [Fact]
    public void The_draws_of_initial_vectors_depend_on_the_seed()
    {
        FitMarkets markets = new(2);
        LeastSquaresFit fit = new(3, Sweeps: 1);
        double[][] Of(ulong seed) => Vectors(fit.Make(markets.Input(_device, seed: seed)));
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
    }

    // The objective with the best user vectors for the model's item vectors.
    private double Objective(FitMarkets markets, LeastSquaresFit fit)
    {
        double[][] y = Vectors(fit.Make(markets.Input(_device)));
        double sum = 0;
        foreach (int user in markets.Users)
        {
            int[] history = markets.History(user);
            double[] x = Solved(y, history, [.. history.Select(_ => 1.0)], fit);
            sum += history.Sum(item => Math.Pow(1 - Dot(x, y[item]), 2)) + (fit.Unobserved * y.Sum(v => Math.Pow(Dot(x, v), 2)))
                + (fit.Ridge * (history.Length + (fit.Unobserved * y.Length)) * Dot(x, x));
        }

        return sum + markets.Items.Sum(item => fit.Ridge * Dot(y[item], y[item])
            * (markets.Histories.Count(history => history.Contains(item)) + (fit.Unobserved * markets.Users.Length)));
    }

    private static double[] Solved(double[][] y, int[] history, double[] weights, LeastSquaresFit fit)
    {
        int d = fit.Dimension;
        double[,] matrix = new double[d, d];
        double[] vector = new double[d];
        for (int k = 0; k < d; k++)
        {
            for (int l = 0; l < d; l++)
            {
                matrix[k, l] = (fit.Unobserved * y.Sum(v => v[k] * v[l]))
                    + history.Select((item, place) => weights[place] * y[item][k] * y[item][l]).Sum();
            }

            matrix[k, k] += fit.Ridge * (history.Length + (fit.Unobserved * y.Length));
            vector[k] = history.Select((item, place) => weights[place] * y[item][k]).Sum();
        }

        return DenseSystem.Solve(matrix, vector);
    }

    private static double[][] Vectors(IFittedModel model)
    {
        SafeTensor tensor = model.Tensors.Single(each => each.Name == "item_factors.weight");
        return [.. tensor.ToSingles().Select(value => (double)value).Chunk(tensor.Shape[1])];
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other, (a, b) => a * b).Sum();
}
