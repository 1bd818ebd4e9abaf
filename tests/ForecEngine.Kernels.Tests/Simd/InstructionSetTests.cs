// Results have the same bits on every processor. The other tests compare devices within one process. Here every process must reproduce the
// digest of a small training run: on AVX-512, with DOTNET_EnableAVX512=0, with DOTNET_EnableAVX2=0 (the runtime then computes fused
// multiply-adds in software), and on other machines.

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

public sealed class InstructionSetTests(ITestOutputHelper output)
{
    // The first half of the SHA-256 of the run's memory, computed by this test on the scalar device.
    private const string Golden = "a62c2b8af1154408638edf6ec45b54a5";

    [Fact]
    public void The_device_reports_its_instruction_set_and_obeys_the_switches()
    {
        int widest = SimdDevice.WidestVectorBits;
        output.WriteLine($"vectors of up to {widest} bits; AVX-512 {Avx512F.IsSupported}, AVX2 {Avx2.IsSupported}, FMA {Fma.IsSupported}");
        if (IsOff("DOTNET_EnableAVX512"))
            Assert.InRange(widest, 128, 256);
        if (IsOff("DOTNET_EnableAVX2"))
            Assert.Equal((128, false), (widest, Fma.IsSupported));
    }

    [Fact]
    public void The_scalar_device_reproduces_the_golden_run()
    {
        using ScalarDevice device = new();
        Assert.Equal(Golden, Digest(device));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_vector_device_reproduces_the_golden_run(int threads)
    {
        using SimdDevice device = new(threads);
        Assert.Equal(Golden, Digest(device));
    }

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable(name) == "0";

    // Three steps of logistic regression on a hidden layer of sigmoids. All draws are uniform, because these are exact on every machine.
    private static string Digest(IDevice device)
    {
        const int rows = 150, inputs = 19, hidden = 23;
        Workspace work = new(device);
        Matrix x = work.Matrix(rows, inputs, Drawn("x", rows * inputs));
        Slice<Real> labels = work.Vector([.. Drawn("labels", rows).Select(value => value > 0 ? (Real)1 : 0)]);
        Matrix weight = work.Matrix(hidden, inputs, Drawn("weight", hidden * inputs)), head = work.Matrix(1, hidden, Drawn("head", hidden));
        Slice<Real> bias = work.Vector(Drawn("bias", hidden));
        Slice<Real> m = Zeros(weight.Values.Length), v = Zeros(weight.Values.Length);
        for (int step = 1; step <= 3; step++)
        {
            Matrix sum = Zero(rows, hidden), activation = Zero(rows, hidden), logits = Zero(rows, 1);
            device.Dense(x, weight, bias, sum);
            device.Unary<Sigmoid>(sum.Values, activation.Values);
            device.Dense(activation, head, default, logits);
            Slice<Real> losses = Zeros(rows), mean = Zeros(1), dlosses = Zeros(rows);
            device.Binary<BinaryCrossEntropy>(logits.Values, labels, losses);
            device.Mean(losses, mean);

            Matrix dlogits = Zero(rows, 1), dactivation = Zero(rows, hidden), dsum = Zero(rows, hidden);
            Matrix dweight = Zero(hidden, inputs), dhead = Zero(1, hidden);
            Slice<Real> dbias = Zeros(hidden);
            device.MeanBackward(work.Vector([1]), dlosses);
            device.BinaryBackward<BinaryCrossEntropy>(logits.Values, labels, dlosses, dlogits.Values, default);
            device.DenseBackward(activation, head, dlogits, dactivation, dhead, default);
            device.UnaryBackward<Sigmoid>(sum.Values, dactivation.Values, dsum.Values);
            device.DenseBackward(x, weight, dsum, default, dweight, dbias);

            // The digest includes the gradients, which an update clears.
            Slice<Real>[] gradients = [dweight.Values, dhead.Values, dbias];
            Real[][] kept = [.. gradients.Select(gradient => gradient.Span.ToArray())];
            device.Update(
                default, new ParameterUpdate<Adam>(Adam.Dense(step, 0.01, 0.9, 0.999, 1e-8, 1e-4), weight.Values, m, v, dweight.Values));
            Sgd descent = new(0.1, 0);
            device.Update(
                default,
                new ParameterUpdate<Sgd>(descent, head.Values, default, default, dhead.Values),
                new ParameterUpdate<Sgd>(descent, bias, default, default, dbias));
            foreach ((Slice<Real> gradient, Real[] values) in gradients.Zip(kept))
            {
                Assert.All(gradient.Span.ToArray(), value => Assert.Equal(0, value));
                gradient.Write(values);
            }
        }

        Real[] memory = work.Contents();
        Assert.All(memory, value => Assert.True(Real.IsFinite(value)));
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<Real>(memory)))[..32];

        Slice<Real> Zeros(int count) => work.Vector(new Real[count]);
        Matrix Zero(int matrixRows, int columns) => work.Matrix(matrixRows, columns, new Real[matrixRows * columns]);
    }

    private static Real[] Drawn(string name, int count)
    {
        RandomSequence random = RandomSequence.Named(7, $"golden/{name}");
        return [.. Enumerable.Range(0, count).Select(i => (Real)((2 * random.Uniform((ulong)i)) - 1))];
    }
}
