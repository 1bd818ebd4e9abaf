// One side's vectors from the other's, in double: with the vectors v(k), the rows of a user or an item and their weights w(k),
//   x = (a V'V + sum of w(k) v(k) v(k)' + ridge n I)^-1 sum of w(k) v(k),   n = the number of rows + a times that of all vectors.

namespace ForecEngine.Recommenders.Fits;

internal sealed class LeastSquares
{
    private readonly double[][] _vectors;
    private readonly double[] _gram;
    private readonly double _unobserved;
    private readonly double _ridge;
    private readonly int _dimension;

    /// <summary>Prepares the solutions for given vectors of the other side.</summary>
    /// <param name="vectors">The vectors, all of the same dimension.</param>
    /// <param name="unobserved">a, the weight of all pairs, at least 0.</param>
    /// <param name="ridge">The ridge, above 0.</param>
    public LeastSquares(double[][] vectors, double unobserved, double ridge)
    {
        (_vectors, _unobserved, _ridge, _dimension) = (vectors, unobserved, ridge, vectors.Length == 0 ? 0 : vectors[0].Length);
        _gram = new double[_dimension * _dimension];
        foreach (double[] vector in vectors)
            AddProduct(_gram, vector, unobserved);
    }

    /// <summary>The solution for some rows; zeros for none.</summary>
    /// <param name="rows">The rows of the vectors.</param>
    /// <param name="weights">The weight of each; empty for 1.</param>
    public double[] Vector(ReadOnlySpan<int> rows, ReadOnlySpan<Real> weights)
    {
        if (rows.IsEmpty)
            return new double[_dimension]; // the system may be singular if a is 0
        double[] matrix = [.. _gram], vector = new double[_dimension];
        for (int k = 0; k < rows.Length; k++)
        {
            double weight = weights.IsEmpty ? 1 : weights[k];
            double[] other = _vectors[rows[k]];
            AddProduct(matrix, other, weight);
            for (int i = 0; i < _dimension; i++)
                vector[i] += weight * other[i];
        }

        double ridge = _ridge * (rows.Length + (_unobserved * _vectors.Length));
        for (int i = 0; i < _dimension; i++)
            matrix[(i * _dimension) + i] += ridge;
        CholeskySolve.Solve(matrix, vector);
        return vector;
    }

    // The lower half of weight v v'.
    private void AddProduct(double[] matrix, double[] vector, double weight)
    {
        for (int i = 0; i < _dimension; i++)
        {
            double scaled = weight * vector[i];
            Span<double> row = matrix.AsSpan(i * _dimension, i + 1);
            for (int j = 0; j <= i; j++)
                row[j] += scaled * vector[j];
        }
    }
}
