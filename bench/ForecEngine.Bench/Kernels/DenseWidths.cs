// The MLP's layers, 16-64-32-16, by their inputs.

namespace ForecEngine.Bench.Kernels;

/// <summary>Widths of the MLP.</summary>
internal static class DenseWidths
{
    /// <summary>The outputs of the layer with these inputs.</summary>
    public static int After(int inputs) => inputs switch
    {
        16 => 64,
        64 => 32,
        _ => 16,
    };
}
