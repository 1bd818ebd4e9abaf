// Finds instructions that a kernel's PTX must not contain. They pass on ILGPU's CPU accelerator and fail on a GPU.

using System.Text.RegularExpressions;

namespace ForecEngine.Kernels.Gpu.Tests;

internal static partial class PtxGate
{
    /// <summary>The lines that would not link, are not deterministic, or treat NaN as a number.</summary>
    public static IReadOnlyList<string> Refused(string ptx) =>
        [.. ptx.Split('\n').Select(line => line.Trim()).Where(line => Forbidden.IsMatch(line))];

    // - Functions that do not link.
    // - Atomics of floats, whose sums depend on their order: with a result (atom) or without (red).
    // - Comparisons that are true where an operand is NaN.
    // - The float with the bits of the integer 1: ILGPU compiles `? 1 : 0` to it (findings/ilgpu-select-to-float.sh).
    [GeneratedRegex(@"\.extern\s+\.func|\b(atom|red)\.\S*\.f\d|\b0f00000001\b|\bsetp\.(ltu|leu|gtu|geu|equ)\.")]
    private static partial Regex Forbidden { get; }
}
