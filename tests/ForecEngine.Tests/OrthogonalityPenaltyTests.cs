// The penalty of a matrix that is not orthogonal, and its gradient in closed form.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class OrthogonalityPenaltyTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void It_is_the_sum_of_the_distances_to_the_identity_and_its_gradient_is_the_signs_times_the_matrix(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        int n = 1 + RandomSequence.Named(seed.Value, "test").Below(0, 12);
        DenseParameter weight = new(device, "w", n, n);
        Initial.Normal(weight, 1, seed.Value, "test");
        Real[] w = weight.Value.Values.Span.ToArray();
        Tape tape = new(device);
        Tensor penalty = new OrthogonalityPenalty(device, weight).Apply(tape);
        tape.Backward(penalty);

        double sum = 0;
        double[] gradient = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double error = Enumerable.Range(0, n).Sum(k => (double)w[(i * n) + k] * w[(j * n) + k]) - (i == j ? 1 : 0);
                sum += Math.Abs(error);
                for (int k = 0; k < n; k++)
                    gradient[(i * n) + k] += 2 * Math.Sign(error) * (double)w[(j * n) + k];
            }
        }

        Assert.Equal(sum, penalty.Value.Values.Span[0], 1e-5 * (1 + sum));
        Assert.All(gradient.Zip(weight.Gradient.Values.Span.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void An_orthogonal_matrix_costs_nothing()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter weight = new(device, "w", 8, 8);
        Initial.Orthogonal(weight, 1, "test");
        Assert.Equal(0, new OrthogonalityPenalty(device, weight).Apply(new Tape(device, recording: false)).Value.Values.Span[0], 1e-5);
    }

    [Fact]
    public void A_matrix_that_is_not_square_is_named()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter weight = new(device, "bridge.weight", 2, 3);
        Assert.Contains("bridge.weight is 2 x 3; a square is needed", Assert.Throws<ArgumentException>(() => new OrthogonalityPenalty(device, weight)).Message, StringComparison.Ordinal);
        Assert.Contains("bridge.weight is 2 x 3; a square is needed", Assert.Throws<ArgumentException>(() => Initial.Orthogonal(weight, 1, "test")).Message, StringComparison.Ordinal);
    }
}
