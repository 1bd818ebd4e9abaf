// Counts the numbers that are not finite in the rows of up to 16 matrices by one launch. A long row has many groups. Each adds what it has
// found to the row's count; sums of integers do not depend on their order.

namespace ForecEngine.Kernels.Gpu;

/// <summary>A matrix whose rows are checked.</summary>
internal struct CheckedMatrix
{
    public ArrayView<float> Values;
    public int Columns, GroupsPerRow;

    /// <summary>The place of its first row's count.</summary>
    public int FirstRow;

    /// <summary>The end of its groups.</summary>
    public int End;
}

/// <summary>The matrices of a launch.</summary>
internal struct CheckedMatrices
{
    /// <summary>The most matrices of a launch.</summary>
    public const int Most = 16;

    public CheckedMatrix A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P;

    /// <summary>The matrix that a group belongs to.</summary>
    /// <param name="group">The group.</param>
    /// <param name="start">The first group of the matrix.</param>
    public readonly CheckedMatrix Of(int group, out int start)
    {
        CheckedMatrix first = A, found = A;
        Step(group, B, ref first, ref found);
        Step(group, C, ref first, ref found);
        Step(group, D, ref first, ref found);
        Step(group, E, ref first, ref found);
        Step(group, F, ref first, ref found);
        Step(group, G, ref first, ref found);
        Step(group, H, ref first, ref found);
        Step(group, I, ref first, ref found);
        Step(group, J, ref first, ref found);
        Step(group, K, ref first, ref found);
        Step(group, L, ref first, ref found);
        Step(group, M, ref first, ref found);
        Step(group, N, ref first, ref found);
        Step(group, O, ref first, ref found);
        Step(group, P, ref first, ref found);
        start = group < A.End ? 0 : first.End;
        return found;
    }

    /// <summary>Sets a matrix.</summary>
    public void Set(int place, in CheckedMatrix matrix)
    {
        switch (place)
        {
            case 0: A = matrix; break;
            case 1: B = matrix; break;
            case 2: C = matrix; break;
            case 3: D = matrix; break;
            case 4: E = matrix; break;
            case 5: F = matrix; break;
            case 6: G = matrix; break;
            case 7: H = matrix; break;
            case 8: I = matrix; break;
            case 9: J = matrix; break;
            case 10: K = matrix; break;
            case 11: L = matrix; break;
            case 12: M = matrix; break;
            case 13: N = matrix; break;
            case 14: O = matrix; break;
            default: P = matrix; break;
        }
    }

    // Goes on to the next matrix if the group is beyond the one found so far.
    private static void Step(int group, CheckedMatrix next, ref CheckedMatrix before, ref CheckedMatrix found)
    {
        if (group >= found.End)
        {
            before = found;
            found = next;
        }
    }
}

/// <summary>The body of the check.</summary>
internal static class FiniteKernels
{
    /// <summary>The number of threads of a group. A power of two.</summary>
    public const int Threads = 256;

    /// <summary>The number of groups for a row.</summary>
    public static int GroupsPerRow(int columns) => Math.Clamp(columns / (16 * Threads), 1, 64);

    /// <summary>counts[row] += the number of elements of the row that are NaN or infinite.</summary>
    public static void Count(CheckedMatrices matrices, ArrayView<int> counts)
    {
        ArrayView<int> partial = SharedMemory.Allocate<int>(Threads);
        int thread = Group.IdxX;
        CheckedMatrix matrix = matrices.Of(Grid.IdxX, out int start);
        int group = Grid.IdxX - start, row = group / matrix.GroupsPerRow, part = group - (row * matrix.GroupsPerRow), found = 0;
        for (int column = (part * Threads) + thread; column < matrix.Columns; column += matrix.GroupsPerRow * Threads)
            found += ReductionKernels.IsFinite(matrix.Values[(row * matrix.Columns) + column]) ? 0 : 1;
        partial[thread] = found;
        Group.Barrier();
        for (int half = Threads / 2; half > 0; half >>= 1)
        {
            if (thread < half)
                partial[thread] = partial[thread] + partial[thread + half];
            Group.Barrier();
        }

        if (thread == 0 && partial[0] > 0)
            Atomic.Add(ref counts[matrix.FirstRow + row], partial[0]);
    }
}
