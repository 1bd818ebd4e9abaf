// OrthogonalityPenalty and its gradient agree with their closed forms.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class OrthogonalityPenaltyTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void The_penalty_and_its_gradient_agree_with_the_formula_on_every_device(DeviceChoice choice, Seed seed)
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
    public void The_penalty_of_an_orthogonal_matrix_is_0()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter weight = new(device, "w", 8, 8);
        Initial.Orthogonal(weight, 1, "test");
        Assert.Equal(0, new OrthogonalityPenalty(device, weight).Apply(new Tape(device, recording: false)).Value.Values.Span[0], 1e-5);
    }

    [Fact]
    public void A_matrix_that_is_not_square_is_refused_by_name()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter weight = new(device, "bridge.weight", 2, 3);
        Action[] actions = [() => _ = new OrthogonalityPenalty(device, weight), () => Initial.Orthogonal(weight, 1, "test")];
        foreach (Action action in actions)
        {
            string message = Assert.Throws<ArgumentException>(action).Message;
            Assert.Contains("bridge.weight is 2 x 3; a square is needed", message, StringComparison.Ordinal);
        }
    }
}
