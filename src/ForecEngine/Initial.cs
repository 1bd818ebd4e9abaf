// Initial values of parameters. Element i is draw i of a stream that is named after the purpose and the parameter, so it depends neither
// on the order in which parameters are created nor on the sizes of other parameters.

namespace ForecEngine;

/// <summary>Draws of initial parameter values.</summary>
public static class Initial
{
    /// <summary>Overwrites a parameter with draws from N(0, standardDeviation^2).</summary>
    public static void Normal(Parameter parameter, double standardDeviation, ulong seed, string purpose)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"initial/{purpose}/{parameter.Name}");
        Fill(parameter, draws.Normal, x => standardDeviation * x);
    }

    /// <summary>Overwrites a parameter with uniform draws from [-bound, bound).</summary>
    public static void Uniform(Parameter parameter, double bound, ulong seed, string purpose)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"initial/{purpose}/{parameter.Name}");
        Fill(parameter, draws.Uniform, x => bound * ((2 * x) - 1));
    }

    /// <summary>
    /// Overwrites a square parameter with a uniformly distributed orthogonal matrix: a matrix of N(0, 1) draws whose rows are
    /// orthonormalised one after another (Gram and Schmidt, each row twice, in double).
    /// </summary>
    public static void Orthogonal(DenseParameter parameter, ulong seed, string purpose)
    {
        int n = parameter.Value.Rows;
        if (parameter.Value.Columns != n)
            throw new ArgumentException($"{parameter.Name} is {n} x {parameter.Value.Columns}; a square is needed", nameof(parameter));
        RandomSequence draws = RandomSequence.Named(seed, $"initial/{purpose}/{parameter.Name}");
        double[][] rows = [.. Enumerable.Range(0, n * n).Select(i => draws.Normal((ulong)i)).Chunk(n)];
        for (int row = 0; row < n; row++)
        {
            for (int other = 0; other < 2 * row; other++)
            {
                double[] unit = rows[other % row];
                double shadow = Dot(rows[row], unit);
                rows[row] = [.. rows[row].Zip(unit, (x, u) => x - (shadow * u))];
            }

            double length = Math.Sqrt(Dot(rows[row], rows[row]));
            rows[row] = [.. rows[row].Select(x => x / length)];
        }

        parameter.Value.Values.Write([.. rows.SelectMany(row => row.Select(x => (Real)x))]);

        static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }

    private static void Fill(Parameter parameter, Action<ulong, Span<double>> draw, Func<double, double> scale)
    {
        Slice<Real> all = parameter.Value.Values;
        int most = Math.Min(Parameter.PartLength, all.Length);
        double[] drawn = new double[most];
        Real[] values = new Real[most];
        foreach (Slice<Real> part in all.Parts(Parameter.PartLength))
        {
            Span<double> numbers = drawn.AsSpan(0, part.Length);
            draw((ulong)(part.Offset - all.Offset), numbers);
            for (int i = 0; i < numbers.Length; i++)
                values[i] = (Real)scale(numbers[i]);
            part.Write(values.AsSpan(0, part.Length));
        }
    }
}
