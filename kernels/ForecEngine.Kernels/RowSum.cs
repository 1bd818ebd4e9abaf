// What is summed by row, and what is grouped for it. A device is given several at once, so that its threads are called together
// once a step.

namespace ForecEngine.Kernels;

/// <summary>Rows to group: <paramref name="Groups"/> becomes what <see cref="RowGroups.Build"/> would make of them.</summary>
/// <param name="Rows">A row of a table for each position.</param>
/// <param name="Groups">Overwritten.</param>
public readonly record struct RowGrouping(Slice<int> Rows, RowGroups Groups);

/// <summary>gradient[g] = the sum of dy's rows at the positions of group g, in ascending order.</summary>
/// <param name="Dy">The adjoint, a row for each position.</param>
/// <param name="Groups">The groups.</param>
/// <param name="Gradient">Overwritten: a row for each group.</param>
public readonly record struct RowSum(Matrix Dy, RowGroups Groups, Matrix Gradient)
{
    /// <summary>Throws <see cref="ArgumentException"/> where shapes do not fit.</summary>
    internal void Check()
    {
        (Matrix dy, RowGroups groups, Matrix gradient) = this;
        Shapes.Require(dy);
        Shapes.Require(groups.Groups, dy.Rows);
        Shapes.Require(gradient, groups.Count, dy.Columns);
    }
}
