// Initial values are functions of seed, purpose, parameter name and index, with the requested distribution.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class InitialTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)])]
    public void An_element_does_not_depend_on_the_size_of_its_parameter(Seed seed, MatrixShape small, MatrixShape more)
    {
        Real[] few = Normal("table", (1 + small.Rows) * small.Columns, seed.Value, "nmf/jp");
        Real[] many = Normal("table", few.Length + (more.Rows * more.Columns), seed.Value, "nmf/jp");
        Assert.Equal(few, many.AsSpan(0, few.Length).ToArray());

        DenseParameter a = new(_device, "w", few.Length), b = new(_device, "w", many.Length);
        Initial.Uniform(a, 0.25, seed.Value, "nmf/jp");
        Initial.Uniform(b, 0.25, seed.Value, "nmf/jp");
        Assert.Equal(a.Value.Values.Span.ToArray(), b.Value.Values.Span[..few.Length].ToArray());
    }

    [Fact]
    public void Another_seed_purpose_or_name_gives_other_values()
    {
        Real[] values = Normal("table", 16, 1, "nmf/jp");
        Assert.Equal(values, Normal("table", 16, 1, "nmf/jp"));
        Assert.NotEqual(values, Normal("table", 16, 2, "nmf/jp"));
        Assert.NotEqual(values, Normal("table", 16, 1, "nmf/uk"));
        Assert.NotEqual(values, Normal("other", 16, 1, "nmf/jp"));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void Orthogonal_values_have_orthonormal_rows_and_columns(Seed seed)
    {
        int n = 1 + RandomSequence.Named(seed.Value, "test").Below(0, 20);
        DenseParameter weight = new(_device, "w", n, n);
        Initial.Orthogonal(weight, seed.Value, "test");
        Real[] w = weight.Value.Values.Span.ToArray();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => (double)w[(i * n) + k] * w[(j * n) + k]), 1e-6);
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => (double)w[(k * n) + i] * w[(k * n) + j]), 1e-6);
            }
        }
    }

    // For uniformly distributed orthogonal matrices, the mean of an element is 0 and that of its square 1/n. Over 4000 matrices the
    // standard errors are 0.008 and 0.004.
    [Fact]
    public void Elements_of_orthogonal_matrices_have_mean_0_and_variance_1_over_n()
    {
        DenseParameter weight = new(_device, "w", 4, 4);
        Real[][] drawn = [.. Enumerable.Range(0, 4000).Select(seed =>
        {
            Initial.Orthogonal(weight, (ulong)seed, "test");
            return weight.Value.Values.Span.ToArray();
        })];
        for (int element = 0; element < 16; element++)
        {
            Assert.Equal(0, drawn.Average(w => w[element]), 0.04);
            Assert.Equal(0.25, drawn.Average(w => w[element] * w[element]), 0.02);
        }
    }

    // Over 200,000 draws the standard error of the mean is 0.0022 standard deviations, that of the variance 0.0032 variances.
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.01)]
    public void Normal_values_have_mean_0_and_the_requested_standard_deviation(double deviation)
    {
        EmbeddingTable table = new(_device, "table", 25_000, 8);
        Initial.Normal(table, deviation, 42, "test");
        double[] scaled = Array.ConvertAll(table.Value.Values.Span.ToArray(), x => x / deviation);
        Assert.Equal(0, scaled.Average(), 0.01);
        Assert.Equal(1, scaled.Average(x => x * x), 0.015);
        Assert.Equal(0.6827, scaled.Count(x => Math.Abs(x) < 1) / (double)scaled.Length, 0.005);
    }

    [Fact]
    public void Uniform_values_are_evenly_distributed_over_the_interval()
    {
        const double Bound = 0.125;
        DenseParameter weight = new(_device, "w", 1000, 100);
        Initial.Uniform(weight, Bound, 42, "test");
        Real[] values = weight.Value.Values.Span.ToArray();
        Assert.All(values, x => Assert.InRange(x, -Bound, Bound));
        int[] tenths = new int[10];
        foreach (Real x in values)
            tenths[(int)Math.Min(9, (x + Bound) / (2 * Bound) * 10)]++;
        Assert.All(tenths, count => Assert.InRange(count, 9_600, 10_400));
    }

    private Real[] Normal(string name, int length, ulong seed, string purpose)
    {
        DenseParameter parameter = new(_device, name, length);
        Initial.Normal(parameter, 1, seed, purpose);
        return parameter.Value.Values.Span.ToArray();
    }
}
