// What a kernel's PTX must not hold. Each of these passes on ILGPU's CPU accelerator and goes wrong on a GPU.

using System.Text.RegularExpressions;

namespace ForecEngine.Kernels.Gpu.Tests;

internal static partial class PtxGate
{
    /// <summary>The lines that would not link, would not be deterministic, or would take a NaN for a number.</summary>
    public static IReadOnlyList<string> Refused(string ptx) =>
        [.. ptx.Split('\n').Select(line => line.Trim()).Where(line => Forbidden.IsMatch(line))];

    // Unresolved functions; atomics and their forms without a result; comparisons that are true where an operand is NaN.
    [GeneratedRegex(@"\.extern\s+\.func|\b(atom|red)\.|\bsetp\.(ltu|leu|gtu|geu|equ)\.")]
    private static partial Regex Forbidden { get; }
}
