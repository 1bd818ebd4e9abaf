// Compiles every kernel with every operation to PTX and checks, without a GPU, that it would link, be deterministic and propagate NaN.
// Reflection finds the kernels and operations, so new ones are checked too.

using System.Reflection;
using ForecEngine.Kernels.Ops;
using ILGPU;
using ILGPU.Runtime.Cuda;
using Xunit;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class PtxCompilerTests
{
    private static readonly CudaArchitecture[] Architectures = [CudaArchitecture.SM_80, CudaArchitecture.SM_90];

    private static readonly IReadOnlyDictionary<string, MethodInfo> Kernels =
        typeof(GpuDevice).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(method => method.DeclaringType!.Name.EndsWith("Kernels", StringComparison.Ordinal) && method.ReturnType == typeof(void))
            .SelectMany(Closed)
            .ToDictionary(Name);

    public static TheoryData<string, string> Compilations()
    {
        TheoryData<string, string> all = [];
        foreach (CudaArchitecture architecture in Architectures)
        {
            foreach (string kernel in Kernels.Keys)
                all.Add(kernel, architecture.ToString());
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Compilations))]
    public void A_kernel_compiles_to_PTX_that_passes_the_gate(string kernel, string architecture) =>
        AssertPasses(Kernels[kernel], Architectures.Single(a => a.ToString() == architecture));

    // Runs only if it is asked for: bench/ptx.sh assembles the files.
    [Theory(Explicit = true)]
    [InlineData(OptimizationLevel.O1)]
    [InlineData(OptimizationLevel.O2)]
    public void The_kernels_are_written_to_the_folder_FOREC_PTX(OptimizationLevel level)
    {
        string folder = Environment.GetEnvironmentVariable("FOREC_PTX") ?? throw new InvalidOperationException("FOREC_PTX is not set");
        foreach (CudaArchitecture architecture in Architectures)
        {
            string files = Path.Combine(folder, $"{architecture}".ToLowerInvariant(), level == OptimizationLevel.O1 ? "O1" : "O2");
            Directory.CreateDirectory(files);
            foreach ((string name, MethodInfo kernel) in Kernels)
                File.WriteAllText(Path.Combine(files, $"{name}.ptx"), PtxCompiler.Compile(kernel, architecture, level));
        }
    }

    [Fact]
    public void Reflection_finds_every_kind_of_kernel_and_operation() =>
        Assert.Superset(
            new HashSet<string>
            {
                "Gather", "Unary<Sigmoid>", "UnaryBackward<Sigmoid>", "Unary<Relu>", "UnaryBackward<Relu>",
                "Binary<Product>", "BinaryBackwardLeft<Product>", "BinaryBackwardRight<Product>",
                "Binary<BinaryCrossEntropy>", "BinaryBackwardLeft<BinaryCrossEntropy>", "BinaryBackwardRight<BinaryCrossEntropy>",
            },
            Kernels.Keys.ToHashSet());

    [Fact]
    public void Operations_without_a_kernel_pass_too()
    {
        AssertPasses(((Delegate)AdamKernel).Method, CudaArchitecture.SM_90);
        AssertPasses(((Delegate)SgdKernel).Method, CudaArchitecture.SM_90);
        AssertPasses(((Delegate)DenseKernel).Method, CudaArchitecture.SM_90);
        AssertPasses(((Delegate)ConcatenationKernel).Method, CudaArchitecture.SM_90);
        AssertPasses(((Delegate)PhiloxKernel).Method, CudaArchitecture.SM_90);
    }

    [Fact]
    public void The_gate_refuses_an_atomic_whether_its_result_is_used_or_not()
    {
        Assert.StartsWith("atom.", Assert.Single(Refused(AtomicKernel)), StringComparison.Ordinal);
        Assert.StartsWith("red.", Assert.Single(Refused(AtomicKernelWithoutResult)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gate_refuses_a_fused_multiply_add_of_the_host() =>
        Assert.Contains(Refused(FusedKernel), line => line.StartsWith(".extern .func", StringComparison.Ordinal));

    [Fact]
    public void The_gate_refuses_a_comparison_that_is_true_for_NaN() =>
        Assert.Contains("setp.ltu", Assert.Single(Refused(TurnedComparisonKernel)), StringComparison.Ordinal);

    [Fact]
    public void The_gate_refuses_a_choice_of_integers_that_is_stored_as_a_float() =>
        Assert.Contains("0f00000001", Assert.Single(Refused(IntegerChoiceKernel)), StringComparison.Ordinal);

    private static void AssertPasses(MethodInfo kernel, CudaArchitecture architecture)
    {
        string ptx = PtxCompiler.Compile(kernel, architecture);
        Assert.Contains(".visible .entry", ptx, StringComparison.Ordinal);
        Assert.Contains("st.", ptx, StringComparison.Ordinal);
        Assert.Empty(PtxGate.Refused(ptx));
    }

    private static IReadOnlyList<string> Refused(Delegate kernel) =>
        PtxGate.Refused(PtxCompiler.Compile(kernel.Method, CudaArchitecture.SM_90));

    private static IEnumerable<MethodInfo> Closed(MethodInfo kernel) =>
        kernel.GetGenericArguments() is [Type parameter]
            ? typeof(IUnaryOp).Assembly.GetExportedTypes()
                .Where(type => type.IsValueType && parameter.GetGenericParameterConstraints().All(type.IsAssignableTo))
                .Select(operation => kernel.MakeGenericMethod(operation))
            : [kernel];

    private static string Name(MethodInfo kernel) =>
        kernel.GetGenericArguments() is [Type operation] ? $"{kernel.Name}<{operation.Name}>" : kernel.Name;

    private static void AdamKernel(Index1D i, Adam rule, View p, View m, View v, View gradient) =>
        ParameterElements.Move<Adam, GpuLane, ViewMemory>(rule, new(p), new(m), new(v), new(gradient[i]), i);

    private static void SgdKernel(Index1D i, Sgd rule, View p, View gradient) =>
        ParameterElements.Move<Sgd, GpuLane, ViewMemory>(rule, new(p), default, default, new(gradient[i]), i);

    private static void DenseKernel(
        Index1D i, View x, View weight, View bias, View y, View dx, View dweight, int rows, int inputs, int outputs)
    {
        DenseLayer.Forward<GpuLane, ViewMemory>(new(x), new(weight), new(bias), true, new(y), inputs, outputs, i / outputs, i % outputs);
        DenseLayer.BackwardInput<GpuLane, ViewMemory>(new(weight), new(y), new(dx), inputs, outputs, i / inputs, i % inputs);
        DenseLayer.BackwardWeight<GpuLane, ViewMemory>(new(x), new(y), new(dweight), rows, inputs, outputs, i / inputs, i % inputs);
        DenseLayer.BackwardBias<GpuLane, ViewMemory>(new(y), new(bias), rows, outputs, i);
    }

    private static void ConcatenationKernel(Index1D i, View narrow, View wide, int columns, int wideColumns)
    {
        Concatenation.Forward<GpuLane, ViewMemory>(new(narrow), columns, new(wide), wideColumns, 0, i / columns, i % columns);
        Concatenation.Backward<GpuLane, ViewMemory>(new(narrow), columns, new(wide), wideColumns, 0, i / columns, i % columns);
    }

    private static void PhiloxKernel(Index1D i, ArrayView<uint> words, ulong key) =>
        words[i] = Philox.Block(new PhiloxBlock((uint)i.X, 0, 0, 0), key).Word0;

    private static void AtomicKernel(Index1D i, View x, View sum) => x[i] = Atomic.Add(ref sum[0], x[i]);

    private static void AtomicKernelWithoutResult(Index1D i, View x, View sum) => Atomic.Add(ref sum[0], x[i]);

    private static void FusedKernel(Index1D i, View x, View y) => y[i] = MathF.FusedMultiplyAdd(x[i], x[i], 1);

    private static void IntegerChoiceKernel(Index1D i, ArrayView<int> x, View y) => y[i] = x[i] > 3 ? 1 : 0;

    private static void TurnedComparisonKernel(Index1D i, View x, View y) => y[i] = 1f > x[i] ? 1 : 2;
}
