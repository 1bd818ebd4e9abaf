// For every vector width, the layout is the weight's transpose followed by the bias, and nothing is written beyond it.

using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class PackedWeightTests
{
    [Property]
    public void The_layout_is_the_transpose_followed_by_the_bias(DenseShape shape, bool hasBias, Seed seed)
    {
        (_, int inputs, int outputs) = shape;
        Draws draws = new(seed);
        Real[] weight = draws.Any(outputs * inputs), bias = draws.Any(outputs);
        Real[] expected =
            [.. Enumerable.Range(0, inputs).SelectMany(i => Enumerable.Range(0, outputs).Select(o => weight[(o * inputs) + i])),
            .. hasBias ? bias : new Real[outputs], -1];
        foreach (int bits in Devices.VectorBits)
        {
            Real[] packed = new Real[PackedWeight.Length(inputs, outputs) + 1];
            packed.AsSpan().Fill(-1);
            fixed (Real* pweight = weight, pbias = bias, ppacked = packed)
                PackedWeight.Pack(pweight, hasBias ? pbias : null, inputs, outputs, ppacked, bits);
            Assert.Equal(expected, packed);
        }
    }
}
