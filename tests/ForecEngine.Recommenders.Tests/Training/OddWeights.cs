// Weights for which a fused computation could differ from the tape: units that are 0 in every sample, which it skips, products that are
// subnormal, and infinite, NaN or huge values, for which it must skip nothing.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Tests.Training;

/// <summary>The kind of a network's weights.</summary>
internal enum Weights
{
    /// <summary>The initial weights.</summary>
    Ordinary,

    /// <summary>Some units are 0 in every sample, and some weights are so small that their products are subnormal.</summary>
    Faint,

    /// <summary>Many units are 0 in every sample.</summary>
    Dead,

    /// <summary>As <see cref="Dead"/>, and one number is infinite, NaN, or so large that its products overflow.</summary>
    Wild,
}

/// <summary>Sets weights of each kind.</summary>
internal static class OddWeights
{
    /// <summary>Overwrites some of a network's weights.</summary>
    public static void Give(IRecommender model, Weights weights, int seed)
    {
        RandomSequence draws = RandomSequence.Named((ulong)seed, "odd weights");
        DenseParameter[] hidden = [.. model.Parameters.OfType<DenseParameter>().SkipLast(1)];
        switch (weights)
        {
            case Weights.Faint:
                MakeFaint(hidden);
                break;
            case Weights.Dead:
                MakeDead(hidden, draws);
                break;
            case Weights.Wild:
                MakeDead(hidden, draws);
                MakeWild(model, draws);
                break;
            default:
                break;
        }
    }

    // Every third unit of a layer is never active. The outgoing weights of this unit are subnormal, those of the next one small.
    private static void MakeFaint(ReadOnlySpan<DenseParameter> parameters)
    {
        Real subnormal = Real.Epsilon * (1 << 23), faint = Real.Sqrt(subnormal) / 4;
        foreach (DenseParameter parameter in parameters)
        {
            int columns = parameter.Value.Columns;
            Span<Real> values = parameter.Value.Values.Span;
            for (int i = 0; i < values.Length; i++)
            {
                if (parameter.Shape.Count > 1)
                    values[i] *= (i % columns % 3) switch { 0 => subnormal, 1 => faint, _ => 1 };
                else if (i % 3 == 0)
                    values[i] = -1000;
            }
        }
    }

    // In each layer none, some or all units are never active.
    private static void MakeDead(ReadOnlySpan<DenseParameter> parameters, RandomSequence draws)
    {
        ulong next = 3;
        foreach (DenseParameter parameter in parameters)
        {
            if (parameter.Shape.Count > 1)
                continue;
            int deadIn8 = draws.Below(next++, 9);
            foreach (ref Real bias in parameter.Value.Values.Span)
                bias = draws.Below(next++, 8) < deadIn8 ? -1000 : bias;
        }
    }

    // Sets the number in one of four places: anywhere; the outgoing weights of a dead unit; a bias whose infinity makes all units of
    // the next layer dead; or every row of the tables, which makes all units of the first layer dead.
    private static void MakeWild(IRecommender model, RandomSequence draws)
    {
        ReadOnlySpan<Real> wilds =
            [Real.NaN, Real.PositiveInfinity, Real.NegativeInfinity, Real.MaxValue, -Real.MaxValue / 4, Real.Sqrt(Real.MaxValue)];
        Real wild = wilds[draws.Below(0, wilds.Length)];
        DenseParameter[] weights = [.. model.Parameters.OfType<DenseParameter>().Where(parameter => parameter.Shape.Count > 1)];
        int place = weights.Length < 2 ? 0 : draws.Below(1, 4), layer = weights.Length < 2 ? 0 : draws.Below(2, weights.Length - 1);
        if (place == 0)
        {
            Span<Real> values = model.Parameters[draws.Below(1000, model.Parameters.Count)].Value.Values.Span;
            values[draws.Below(1001, values.Length)] = wild;
            return;
        }

        Matrix below = weights[layer].Value, above = weights[layer + 1].Value;
        IEnumerable<DenseParameter> fromLayer = model.Parameters.OfType<DenseParameter>().SkipWhile(dense => dense != weights[layer]);
        Span<Real> biases = fromLayer.ElementAt(1).Value.Values.Span;
        if (place == 1)
        {
            int unit = draws.Below(1002, Math.Min(below.Rows, above.Columns));
            biases[unit] = -1000;
            for (int row = 0; row < above.Rows; row++)
                above.Values.Span[(row * above.Columns) + unit] = wild;
        }
        else if (place == 2)
        {
            biases[0] = Real.PositiveInfinity;
            for (int row = 0; row < above.Rows; row++)
                above.Values.Span[row * above.Columns] = -1;
        }
        else
        {
            foreach (EmbeddingTable table in model.Parameters.OfType<EmbeddingTable>())
            {
                for (int row = 0; row < table.Value.Rows; row++)
                    table.Value.Values.Span[row * table.Value.Columns] = Real.PositiveInfinity;
            }

            foreach (ref Real weight in weights[0].Value.Values.Span)
                weight = -Math.Abs(weight);
        }
    }
}
