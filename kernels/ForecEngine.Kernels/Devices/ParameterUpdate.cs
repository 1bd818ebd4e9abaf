// The update of one parameter: the parameter, its statistics and its gradient. A device receives all parameters of an optimiser in one
// call, so that it starts its threads once per step and not once per parameter.

namespace ForecEngine.Kernels;

/// <summary>A parameter, the rule that moves it, and its gradient.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
public readonly struct ParameterUpdate<TRule>
    where TRule : unmanaged, IUpdateRule
{
    /// <summary>An update of every element, by a gradient as large as the parameter.</summary>
    /// <param name="rule">The rule, at this step.</param>
    /// <param name="p">The parameter.</param>
    /// <param name="m">The first statistic; empty if the rule keeps none.</param>
    /// <param name="v">The second statistic, or empty.</param>
    /// <param name="gradient">The gradient; the update clears it.</param>
    public ParameterUpdate(TRule rule, Slice<Real> p, Slice<Real> m, Slice<Real> v, Slice<Real> gradient)
    {
        (Rule, P, M, V) = (rule, new Matrix(p, p.Length, 1), m, v);
        Gradient = new Matrix(gradient, gradient.Length, 1);
        IsWhole = true;
    }

    /// <summary>
    /// An update of a table by a gradient of rows: of all rows, with gradient 0 for the others, or only of rows that have a gradient.
    /// </summary>
    /// <param name="rule">The rule, at this step.</param>
    /// <param name="table">The parameter.</param>
    /// <param name="m">The first statistic; empty if the rule keeps none.</param>
    /// <param name="v">The second statistic, or empty.</param>
    /// <param name="rows">The row of each position; a row's gradient is the sum over its positions, in ascending order.</param>
    /// <param name="gradient">The gradient of each position.</param>
    /// <param name="touchedOnly">Whether rows without a gradient stay unchanged.</param>
    public ParameterUpdate(TRule rule, Matrix table, Slice<Real> m, Slice<Real> v, RowIds rows, Matrix gradient, bool touchedOnly)
    {
        (Rule, P, M, V) = (rule, table, m, v);
        (Rows, Gradient, TouchedOnly) = (rows, gradient, touchedOnly);
    }

    /// <summary>The rule, at this step.</summary>
    public TRule Rule { get; }

    /// <summary>The parameter; if <see cref="IsWhole"/>, as a matrix of one column.</summary>
    public Matrix P { get; }

    /// <summary>The first statistic, as long as the parameter, or empty.</summary>
    public Slice<Real> M { get; }

    /// <summary>The second statistic, as long as the parameter, or empty.</summary>
    public Slice<Real> V { get; }

    /// <summary>The row of each position; empty if <see cref="IsWhole"/>.</summary>
    public RowIds Rows { get; }

    /// <summary>
    /// The gradient: if <see cref="IsWhole"/>, as large as the parameter and cleared by the update; otherwise one row per position.
    /// </summary>
    public Matrix Gradient { get; }

    /// <summary>Whether the gradient is as large as the parameter.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether rows without a gradient stay unchanged.</summary>
    public bool TouchedOnly { get; }

    /// <summary>Whether each position is the gradient of its row, so that none are added, and rows move in any order.</summary>
    internal bool IsSummed => TouchedOnly && Rows.AreDistinct;

    /// <summary>Throws <see cref="ArgumentException"/> if shapes do not fit or a row may be outside the table.</summary>
    internal void Check()
    {
        (Matrix p, Slice<Real> m, Slice<Real> v, RowIds rows, Matrix gradient) = (P, M, V, Rows, Gradient);
        Shapes.Require(p);
        Shapes.Require(m, p.Values.Length, optional: TRule.Statistics < 1);
        Shapes.Require(v, p.Values.Length, optional: TRule.Statistics < 2);
        Shapes.Require(gradient, IsWhole ? p.Rows : rows.Count, p.Columns);
        Shapes.Require(rows, p.Rows);
    }
}
