// What checkpoints keep of an optimiser.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using Xunit;

namespace ForecEngine.Tests.Optimisers;

public sealed class OptimiserStateTests
{
    [Fact]
    public void Adam_has_its_steps_and_both_moments_and_plain_descent_has_nothing()
    {
        using ScalarDevice device = new();
        DenseParameter weight = new(device, "weight", 2, 3);
        AdamOptimiser adam = new(device, [weight], new AdamOptions(0.1));
        adam.Update();
        OptimiserState state = OptimiserState.Of(adam);
        Assert.Equal(("adam", 1), (state.Kind, state.Steps));
        Assert.Equal(["exp_avg.weight", "exp_avg_sq.weight"], state.Tensors.Select(tensor => tensor.Name));
        Assert.All(state.Tensors, tensor => Assert.Equal(6, tensor.Values.Length));
        Assert.Empty(OptimiserState.Of(new SgdOptimiser(device, [weight], 0.1)).Tensors);
    }

    [Fact]
    public void An_optimiser_that_checkpoints_do_not_know_is_refused_by_name() =>
        Assert.Contains(nameof(Momentum), Assert.Throws<NotSupportedException>(() => OptimiserState.Of(new Momentum())).Message,
            StringComparison.Ordinal);

    private sealed class Momentum : IOptimiser
    {
        public void Update()
        {
        }
    }
}
