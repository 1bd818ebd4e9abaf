// Checks the gradients of the tape against central differences. For each checked element w of a parameter:
//   D(h) = (f(w + h) - f(w - h)) / 2h,   numeric = (4 D(h/2) - D(h)) / 3   (Richardson: error of order h^4),
// where f is the sum, in double, of the elements of the user's function. If an operation such as ReLU has a kink (IUnaryOp's
// HasKinkAtZero) inside the interval, the difference is meaningless, and the element is skipped and counted. The tape detects
// this by the signs of the operations' arguments, so an element is never skipped because its gradient is wrong.

namespace ForecEngine.Gradients;

/// <summary>The settings of a gradient check.</summary>
/// <param name="Width">The half-width h of the interval.</param>
/// <param name="Tolerance">The largest error that passes; see <see cref="GradientCheckResult.WorstError"/>.</param>
/// <param name="ElementsPerParameter">The most elements of each parameter to check.</param>
public sealed record GradientCheckOptions(double Width, double Tolerance, int ElementsPerParameter = 64)
{
    /// <summary>
    /// For an operation. In float, the relative rounding error of 6e-8 becomes about 1e-5 in a difference with h = 1/32; in the REAL64
    /// build the required tolerance is 1e-6.
    /// </summary>
    public static GradientCheckOptions Operation =>
#if REAL64
        new(1e-3, 1e-6);
#else
        new(1.0 / 32, 2e-4);
#endif

    /// <summary>For a model's loss: a narrower interval, so that few units cross a kink in it.</summary>
    public static GradientCheckOptions Model =>
#if REAL64
        new(1e-4, 1e-6);
#else
        new(1.0 / 256, 2e-3);
#endif
}

/// <summary>The result of a gradient check.</summary>
/// <param name="WorstError">The largest |tape - numeric| / max(1, |tape|, |numeric|) over the checked elements.</param>
/// <param name="WorstElement">The element with this error, such as <c>embedding_user.weight[17]</c>.</param>
/// <param name="Checked">The number of elements compared.</param>
/// <param name="Skipped">The number of elements skipped because of a kink.</param>
/// <param name="Tolerance">The largest error that passes.</param>
public sealed record GradientCheckResult(double WorstError, string WorstElement, int Checked, int Skipped, double Tolerance)
{
    /// <summary>Whether every compared element is within the tolerance and at most half of the elements were skipped.</summary>
    public bool Passed => WorstError <= Tolerance && Skipped <= Checked;
}

/// <summary>Checks the gradients of any function of parameters against central differences.</summary>
public static class GradientCheck
{
    /// <summary>Checks the gradient of the sum of <paramref name="function"/>'s elements.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="parameters">The parameters of the function; their values are restored.</param>
    /// <param name="function">Records the function on an empty tape.</param>
    /// <param name="options">The settings.</param>
    /// <param name="seed">The seed that selects the elements of a parameter with more elements than are checked.</param>
    public static GradientCheckResult Run(
        IDevice device, IReadOnlyList<Parameter> parameters, Func<Tape, Tensor> function, GradientCheckOptions options, ulong seed = 0)
    {
        Tape tape = new(device);
        foreach (Parameter parameter in parameters)
            parameter.ClearGradient();
        tape.Backward(function(tape));

        double worst = 0;
        string worstElement = "";
        int compared = 0, skipped = 0;
        Tape scoring = new(device, recording: false);
        function(scoring);
        int sides = scoring.SidesOfKinks();
        foreach (Parameter parameter in parameters)
        {
            Real[] analytic = DenseGradient(parameter);
            foreach (int element in Elements(parameter, options.ElementsPerParameter, seed))
            {
                Difference wide = DifferenceOver(scoring, function, sides, parameter, element, options.Width);
                Difference narrow = DifferenceOver(scoring, function, sides, parameter, element, options.Width / 2);
                if (wide.HasKink || narrow.HasKink)
                {
                    skipped++;
                    continue;
                }

                double numeric = ((4 * narrow.Slope) - wide.Slope) / 3;
                double scale = Math.Max(1, Math.Max(Math.Abs(analytic[element]), Math.Abs(numeric)));
                double error = Math.Abs(analytic[element] - numeric) / scale;
                compared++;
                if (error > worst || double.IsNaN(error))
                    (worst, worstElement) = (double.IsNaN(error) ? double.PositiveInfinity : error, $"{parameter.Name}[{element}]");
            }
        }

        return new GradientCheckResult(worst, worstElement, compared, skipped, options.Tolerance);
    }

    private static Difference DifferenceOver(
        Tape tape, Func<Tape, Tensor> function, int sides, Parameter parameter, int element, double width)
    {
        Slice<Real> place = parameter.Value.Values.Part(element, 1);
        Real[] kept = new Real[1];
        place.Read(kept);

        // The slope is over the distance between the rounded arguments, which differs from 2 x width.
        Real above = (Real)(kept[0] + width), below = (Real)(kept[0] - width);
        (double high, int highSides) = ValueAt(above);
        (double low, int lowSides) = ValueAt(below);
        place.Write(kept);
        return new Difference((high - low) / ((double)above - below), highSides != sides || lowSides != sides);

        (double Value, int Sides) ValueAt(Real argument)
        {
            place.Write([argument]);
            tape.Reset();
            Tensor output = function(tape);
            Real[] values = new Real[output.Value.Values.Length];
            output.Value.Values.Read(values);
            return (values.Sum(v => (double)v), tape.SidesOfKinks());
        }
    }

    private static Real[] DenseGradient(Parameter parameter)
    {
        Real[] gradient = new Real[parameter.Value.Values.Length];
        switch (parameter)
        {
            case DenseParameter dense:
                dense.Gradient.Values.Read(gradient);
                break;
            case EmbeddingTable table:
                int columns = table.Value.Columns;
                int[] rows = new int[table.Gradient.Rows.Count];
                Real[] values = new Real[rows.Length * columns];
                table.Gradient.Rows.Values.Read(rows);
                table.Gradient.Values.Values.Read(values);
                for (int i = 0; i < values.Length; i++)
                    gradient[(rows[i / columns] * columns) + (i % columns)] += values[i];
                break;
        }

        return gradient;
    }

    private static IEnumerable<int> Elements(Parameter parameter, int most, ulong seed)
    {
        int length = parameter.Value.Values.Length;
        if (length <= most)
            return Enumerable.Range(0, length);
        KeyedOrder order = new(RandomSequence.Named(seed, $"gradcheck/{parameter.Name}"), draw: 0, length);
        return Enumerable.Range(0, most).Select(order.At);
    }

    /// <summary>The slope of the chord over an interval, and whether a kink lies inside it.</summary>
    private readonly record struct Difference(double Slope, bool HasKink);
}
