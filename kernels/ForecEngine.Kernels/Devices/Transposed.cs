// Which factors of a matrix product are transposed.

namespace ForecEngine.Kernels;

/// <summary>The factors of a product A B that enter it transposed.</summary>
[Flags]
public enum Transposed
{
    /// <summary>A B.</summary>
    None = 0,

    /// <summary>A' B.</summary>
    A = 1,

    /// <summary>A B'.</summary>
    B = 2,
}
