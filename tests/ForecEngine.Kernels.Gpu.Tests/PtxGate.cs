// Finds instructions that a kernel's PTX must not contain. They pass on ILGPU's CPU accelerator and fail on a GPU.

using System.Text.RegularExpressions;

namespace ForecEngine.Kernels.Gpu.Tests;

internal static partial class PtxGate
{
    /// <summary>The lines that would not link, are not deterministic, or treat NaN as a number.</summary>
    public static IReadOnlyList<string> Refused(string ptx) =>
        [.. ptx.Split('\n').Select(line => line.Trim()).Where(line => Forbidden.IsMatch(line))];

    // Unresolved functions; atomics, with a result (atom) or without (red); comparisons that are true where an operand is NaN; the bits of
    // the integer 1 as a float, from a choice of integers that is stored as a float (findings/ilgpu-select-to-float.sh).
    [GeneratedRegex(@"\.extern\s+\.func|\b(atom|red)\.|\b0f00000001\b|\bsetp\.(ltu|leu|gtu|geu|equ)\.")]
    private static partial Regex Forbidden { get; }
}
