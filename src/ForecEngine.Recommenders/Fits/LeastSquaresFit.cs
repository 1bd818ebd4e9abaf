// iALS: matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky, ICDM 2008), with the scaled ridge
// of Rendle, Krichene, Zhang and Koren ("Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022). It minimises
//   sum over users u and their items i of (1 - x(u) y(i))^2 + a sum over all u, i of (x(u) y(i))^2
//   + ridge (sum over u of n(u) |x(u)|^2 + sum over i of n(i) |y(i)|^2),   n(u) = |u| + a items, n(i) = c(i) + a users.
// A user's vector is the solution for the user's history, so that new users need no training.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Alternates between the solutions for users and for items.</summary>
/// <param name="Dimension">The dimension of the vectors.</param>
/// <param name="Unobserved">a, the weight of all pairs.</param>
/// <param name="Ridge">The ridge.</param>
/// <param name="Sweeps">The number of solutions for users and items in turn.</param>
public sealed record LeastSquaresFit(int Dimension = 64, double Unobserved = 0.1, double Ridge = 0.01, int Sweeps = 12)
    : ClosedFit, IHistoryFit
{
    /// <inheritdoc/>
    public Recency Recency { get; init; } = new();

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        UserHistories histories = UserHistories.Of(input.Markets, input.Tables.Users);
        SparseRows users = histories.Items.Transposed(input.Tables.Items);
        RandomSequence draws = RandomSequence.Named(input.Seed, "ials/items");
        double[][] y = [.. Enumerable.Range(0, input.Tables.Items).Select(Draw)], x = [];
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            LeastSquares forUsers = new(y, Unobserved, Ridge), forItems;
            x = Solve(histories.Items.Rows, user => forUsers.Vector(histories.Items.Of(user), []));
            forItems = new LeastSquares(x, Unobserved, Ridge);
            y = Solve(users.Rows, item => forItems.Vector(users.Of(item), []));
        }

        return new FactorisedItems(histories, y, Unobserved, Ridge, Recency);

        double[] Draw(int item)
        {
            double[] vector = new double[Dimension];
            draws.Normal((ulong)item * (ulong)Dimension, vector);
            return [.. vector.Select(number => 0.1 * number / Math.Sqrt(Dimension))];
        }

        double[][] Solve(int count, Func<int, double[]> vector)
        {
            double[][] all = new double[count][];
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = input.Threads }, row => all[row] = vector(row));
            return all;
        }
    }
}
