// What a ranking of items by dot products reads.

namespace ForecEngine.Kernels;

/// <summary>
/// Items to be ranked for users: the score of item j for user u is Users[u] . Items[j] + Bias[j], with the sum of
/// <see cref="Ops.MatrixProduct"/>.
/// </summary>
/// <param name="Users">The users' vectors, a row each.</param>
/// <param name="Items">The items' vectors, a row each, as long as those of users.</param>
/// <param name="Bias">A number for each item, or none for 0.</param>
/// <param name="Ranks">The rank of each item, which decides between equal scores; no two are equal.</param>
/// <param name="LeftOutStarts">The start of each user's items in <paramref name="LeftOut"/>, then the end of the last.</param>
/// <param name="LeftOut">The items that must not be among the best.</param>
public readonly record struct DotRanking(
    Matrix Users, Matrix Items, Slice<Real> Bias, Slice<int> Ranks, Slice<int> LeftOutStarts, RowIds LeftOut)
{
    /// <summary>Throws <see cref="ArgumentException"/> if shapes do not fit each other and the results.</summary>
    internal void Check(Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores)
    {
        Shapes.Require(Users);
        Shapes.Require(Items, Items.Rows, Users.Columns);
        Shapes.Require(Bias, Items.Rows, optional: true);
        Shapes.Require(Ranks, Items.Rows);
        Shapes.Require(LeftOutStarts, Users.Rows + 1);
        Shapes.Require(LeftOut, Items.Rows);
        Shapes.Require(nonFinite, Users.Rows);
        Shapes.Require(bestScores, Users.Rows, bestScores.Columns);
        Shapes.Require(bestItems, bestScores.Values.Length);
    }
}
