// The logits of bpr-mf, gmf, mlp and nmf for one user and one item agree with values computed by hand.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class NmfTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 1, Items: 1, Dimension: 2, [4, 2]);

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Bpr_mf_is_the_dot_product_and_the_bias_of_the_item()
    {
        BprMf model = new(_device, s_shape);
        Write(model.Parameters[0], 2, 3);
        Write(model.Parameters[1], 5, 7);
        Write(model.Parameters[2], 0.5f);
        Assert.Equal((2 * 5) + (3 * 7) + 0.5, Logit(model));
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("nmf")]
    [InlineData("ma-nmf")]
    public void Dropout_changes_the_logits_of_training_steps_only_and_its_draws_differ_from_step_to_step(string name)
    {
        ModelShape shape = new(Users: 9, Items: 9, Dimension: 4, [8, 32, 16]);
        IDropout model = (IDropout)ModelCatalog.Create(name, _device, shape with { Dropout = 0.5 });
        IRecommender plain = ModelCatalog.Create(name, _device, shape);
        model.Initialise(1, "test", 1);
        plain.Initialise(1, "test", 1);
        Minibatch batch = new(_device, 3);
        batch.Set([0, 1, 8], [2, 2, 5]);
        Tape tape = new(_device, recording: false);
        Real[] whole = Values(plain.Logits(tape, batch)), first = Values(model.Logits(tape, batch, seed: 1, step: 1));
        Assert.Equal(whole, Values(model.Logits(tape, batch)));
        Assert.All(whole.Zip(first), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(first, Values(model.Logits(tape, batch, seed: 1, step: 1)));
        Assert.NotEqual(first, Values(model.Logits(tape, batch, seed: 1, step: 2)));

        static Real[] Values(Tensor tensor) => tensor.Value.Values.Span.ToArray();
    }

    [Fact]
    public void Gmf_is_a_weighted_sum_of_the_elementwise_product()
    {
        Gmf gmf = new(_device, s_shape);
        Write(gmf.User.Table, 2, 3);
        Write(gmf.Item.Table, 5, 7);
        Write(gmf.Output.Weight, 10, 100);
        Write(gmf.Output.Bias, 0.5f);
        Assert.Equal((10 * 2 * 5) + (100 * 3 * 7) + 0.5, Logit(gmf));
    }

    [Fact]
    public void Mlp_concatenates_the_vectors_and_applies_dense_layers_with_ReLU()
    {
        Mlp mlp = new(_device, s_shape);
        Write(mlp.User.Table, 2, 3);
        Write(mlp.Item.Table, 5, 7);
        Write(mlp.Tower.Layers[0].Weight, 1, 10, 100, 1000, 0, 0, 0, -1);
        Write(mlp.Tower.Layers[0].Bias, 0.25f, 0);
        Write(mlp.Output.Weight, 2, 1000);
        Write(mlp.Output.Bias, 0.5f);
        Assert.Equal((2 * (2 + 30 + 500 + 7000 + 0.25)) + 0.5, Logit(mlp));
    }

    [Fact]
    public void Nmf_concatenates_the_output_of_the_tower_and_the_product_in_this_order()
    {
        Nmf nmf = new(_device, s_shape);
        Write(nmf.UserMlp.Table, 2, 3);
        Write(nmf.ItemMlp.Table, 5, 7);
        Write(nmf.UserMf.Table, 1, 2);
        Write(nmf.ItemMf.Table, 3, 4);
        Write(nmf.Tower.Layers[0].Weight, 1, 0, 0, 0, 0, 0, 0, 1);
        Write(nmf.Output.Weight, 1, 10, 100, 1000);
        Write(nmf.Output.Bias, 0.5f);
        Assert.Equal(2 + (10 * 7) + (100 * 1 * 3) + (1000 * 2 * 4) + 0.5, Logit(nmf));
    }

    private static void Write(Parameter parameter, params ReadOnlySpan<Real> values)
    {
        Assert.Equal(values.Length, parameter.Value.Values.Length);
        parameter.Value.Values.Write(values);
    }

    private double Logit(IRecommender model)
    {
        Minibatch batch = new(_device, 1);
        batch.Set([0], [0]);
        return model.Logits(new Tape(_device, recording: false), batch).Value.Values.Span[0];
    }
}
