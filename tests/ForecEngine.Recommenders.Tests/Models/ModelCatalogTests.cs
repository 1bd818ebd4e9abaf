// The models of the catalog: names, parameters, initial values.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class ModelCatalogTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]) { Markets = 2, Target = 1 };

    private readonly ScalarDevice _device = new();

    public static TheoryData<string> Names => [.. ModelCatalog.Names];

    public void Dispose() => _device.Dispose();

    [Fact]
    public void The_error_for_an_unknown_model_lists_all_models()
    {
        string message = Assert.Throws<ArgumentException>(() => ModelCatalog.Create("svd", _device, s_shape)).Message;
        Assert.Contains("no model is called 'svd'; there are blend, bpr-mf, conet, ddtcdr, gmf, ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpr-mf", "user_embedding.weight[5,3] item_embedding.weight[6,3] item_bias.weight[6,1]")]
    [InlineData("gmf", "embedding_user.weight[5,3] embedding_item.weight[6,3] affine_output.weight[1,3] affine_output.bias[1]")]
    [InlineData("mlp",
        "embedding_user.weight[5,3] embedding_item.weight[6,3] fc_layers.0.weight[7,6] fc_layers.0.bias[7] "
        + "fc_layers.1.weight[4,7] fc_layers.1.bias[4] affine_output.weight[1,4] affine_output.bias[1]")]
    [InlineData("nmf",
        "embedding_user_mlp.weight[5,3] embedding_item_mlp.weight[6,3] embedding_user_mf.weight[5,3] "
        + "embedding_item_mf.weight[6,3] fc_layers.0.weight[7,6] fc_layers.0.bias[7] fc_layers.1.weight[4,7] "
        + "fc_layers.1.bias[4] affine_output.weight[1,7] affine_output.bias[1]")]
    [InlineData("ma-gmf",
        "embedding_user.weight[5,3] embedding_item.weight[6,3] embedding_market.weight[2,3] affine_output.weight[1,3] "
        + "affine_output.bias[1]")]
    [InlineData("ma-mlp",
        "embedding_user.weight[5,3] embedding_item.weight[6,3] embedding_market.weight[2,3] fc_layers.0.weight[7,6] "
        + "fc_layers.0.bias[7] fc_layers.1.weight[4,7] fc_layers.1.bias[4] affine_output.weight[1,4] affine_output.bias[1]")]
    [InlineData("ma-nmf",
        "embedding_user_mlp.weight[5,3] embedding_item_mlp.weight[6,3] embedding_user_mf.weight[5,3] "
        + "embedding_item_mf.weight[6,3] embedding_market_mlp.weight[2,3] embedding_market_mf.weight[2,3] "
        + "fc_layers.0.weight[7,6] fc_layers.0.bias[7] fc_layers.1.weight[4,7] fc_layers.1.bias[4] "
        + "affine_output.weight[1,7] affine_output.bias[1]")]
    [InlineData("ddtcdr",
        "embedding_user.weight[5,3] markets.0.embedding_item.weight[6,3] markets.0.fc_layers.0.weight[7,6] "
        + "markets.0.fc_layers.0.bias[7] markets.0.fc_layers.1.weight[4,7] markets.0.fc_layers.1.bias[4] "
        + "markets.0.affine_output.weight[1,4] markets.0.affine_output.bias[1] markets.1.embedding_item.weight[6,3] "
        + "markets.1.fc_layers.0.weight[7,6] markets.1.fc_layers.0.bias[7] markets.1.fc_layers.1.weight[4,7] "
        + "markets.1.fc_layers.1.bias[4] markets.1.affine_output.weight[1,4] markets.1.affine_output.bias[1] "
        + "markets.0.bridge_from_target.weight[3,3] markets.0.bridge_from_target.bias[3] "
        + "markets.0.bridge_to_target.weight[3,3] markets.0.bridge_to_target.bias[3]")]
    [InlineData("conet",
        "embedding_user.weight[5,3] markets.0.embedding_item.weight[6,3] markets.0.fc_layers.0.weight[7,6] "
        + "markets.0.fc_layers.0.bias[7] markets.0.fc_layers.1.weight[4,7] markets.0.fc_layers.1.bias[4] "
        + "markets.0.affine_output.weight[1,4] markets.0.affine_output.bias[1] markets.1.embedding_item.weight[6,3] "
        + "markets.1.fc_layers.0.weight[7,6] markets.1.fc_layers.0.bias[7] markets.1.fc_layers.1.weight[4,7] "
        + "markets.1.fc_layers.1.bias[4] markets.1.affine_output.weight[1,4] markets.1.affine_output.bias[1] "
        + "cross_layers.0.weight[7,6] cross_layers.1.weight[4,7]")]
    public void Parameters_have_the_names_and_shapes_of_the_checkpoint_format(string name, string expected) =>
        Assert.Equal(expected,
            string.Join(' ', ModelCatalog.Create(name, _device, s_shape).Parameters.Select(p => $"{p.Name}[{string.Join(',', p.Shape)}]")));

    [Theory]
    [MemberData(nameof(Names))]
    public void Initial_values_depend_on_seed_and_purpose_and_on_nothing_else(string name)
    {
        Real[] values = Initial(name, 1, "nmf/jp");
        Assert.Equal(values, Initial(name, 1, "nmf/jp"));
        Assert.NotEqual(values, Initial(name, 2, "nmf/jp"));
        Assert.NotEqual(values, Initial(name, 1, "nmf/uk"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_except_biases_is_initialised_and_embeddings_with_the_requested_standard_deviation(string name)
    {
        IRecommender model = ModelCatalog.Create(name, _device, new ModelShape(2000, 2000, 8, [16, 8]) { Markets = 2 });
        model.Initialise(1, "test", embeddingDeviation: 0.01);
        foreach (Parameter parameter in model.Parameters)
        {
            if (parameter.Name.Contains("bias", StringComparison.Ordinal))
                continue; // an initial bias may be 0
            Assert.Contains(parameter.Value.Values.Span.ToArray(), x => x != 0);
            // Market tables are factors near 1, drawn differently.
            if (parameter is EmbeddingTable && !parameter.Name.StartsWith("embedding_market", StringComparison.Ordinal))
                Assert.Equal(1e-4, parameter.Value.Values.Span.ToArray().Average(x => (double)x * x), 1e-5);
        }
    }

    // The logit of a sample depends neither on the other samples nor on its position.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void The_logit_of_a_sample_does_not_depend_on_its_minibatch(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int count = 1 + draws.Below(0, 40);
        int[] users = [.. Enumerable.Range(0, count).Select(i => draws.Below(1 + (ulong)(2 * i), s_shape.Users))];
        int[] items = [.. Enumerable.Range(0, count).Select(i => draws.Below(2 + (ulong)(2 * i), s_shape.Items))];
        foreach (string name in ModelCatalog.Names)
        {
            IRecommender model = ModelCatalog.Create(name, device, s_shape);
            model.Initialise(seed.Value, "test", 1);
            Real[] together = Logits(device, model, users, items);
            for (int i = 0; i < count; i++)
                Assert.Equal(together[i], Logits(device, model, [users[i]], [items[i]])[0]);
        }
    }

    private static Real[] Logits(IDevice device, IRecommender model, int[] users, int[] items)
    {
        Minibatch batch = new(device, users.Length);
        batch.Set(users, items);
        return model.Logits(new Tape(device, recording: false), batch).Value.Values.Span.ToArray();
    }

    private Real[] Initial(string name, ulong seed, string purpose)
    {
        IRecommender model = ModelCatalog.Create(name, _device, s_shape);
        model.Initialise(seed, purpose, 1);
        return [.. model.Parameters.SelectMany(p => p.Value.Values.Span.ToArray())];
    }
}
