// What mlp takes over from gmf, and nmf from both.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class GraftsTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]);

    private readonly ScalarDevice _device = new();
    private readonly Gmf _gmf;
    private readonly Mlp _mlp;
    private readonly Nmf _nmf;
    private readonly IReadOnlyDictionary<string, IRecommender> _earlier;

    public GraftsTests()
    {
        (_gmf, _mlp, _nmf) = (new Gmf(_device, s_shape), new Mlp(_device, s_shape), new Nmf(_device, s_shape));
        foreach (IRecommender model in (IRecommender[])[_gmf, _mlp, _nmf])
            model.Initialise(1, $"test/{model.GetType().Name}", 1);
        _earlier = new Dictionary<string, IRecommender> { ["gmf"] = _gmf, ["mlp"] = _mlp };
    }

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Mlp_starts_from_gmfs_embeddings_and_its_own_layers()
    {
        Real[][] layers = [.. _mlp.Tower.Parameters.Concat(_mlp.Output.Parameters).Select(Values)];
        Grafts.GmfToMlp(_mlp, _earlier, new TrainingOptions());
        Assert.Equal(Values(_gmf.User.Table), Values(_mlp.User.Table));
        Assert.Equal(Values(_gmf.Item.Table), Values(_mlp.Item.Table));
        Assert.Equal(layers, _mlp.Tower.Parameters.Concat(_mlp.Output.Parameters).Select(Values));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nmf_starts_from_both_with_half_of_each_output(bool biases)
    {
        Real[][] own = [.. _nmf.Tower.Layers.Select(layer => Values(layer.Bias))];
        Grafts.GmfAndMlpToNmf(_nmf, _earlier, new TrainingOptions { TransferBiases = biases });
        Assert.Equal(Values(_mlp.User.Table), Values(_nmf.UserMlp.Table));
        Assert.Equal(Values(_mlp.Item.Table), Values(_nmf.ItemMlp.Table));
        Assert.Equal(Values(_gmf.User.Table), Values(_nmf.UserMf.Table));
        Assert.Equal(Values(_gmf.Item.Table), Values(_nmf.ItemMf.Table));
        Assert.Equal(_mlp.Tower.Layers.Select(layer => Values(layer.Weight)), _nmf.Tower.Layers.Select(layer => Values(layer.Weight)));
        Assert.Equal(biases ? _mlp.Tower.Layers.Select(layer => Values(layer.Bias)) : own, _nmf.Tower.Layers.Select(layer => Values(layer.Bias)));
        Assert.Equal([.. Values(_mlp.Output.Weight).Concat(Values(_gmf.Output.Weight)).Select(w => 0.5f * w)], Values(_nmf.Output.Weight));
        Assert.Equal([0.5f * (Values(_mlp.Output.Bias)[0] + Values(_gmf.Output.Bias)[0])], Values(_nmf.Output.Bias));
    }

    [Fact]
    public void Market_vectors_are_carried_over_with_the_items_that_they_multiply()
    {
        ModelShape shape = s_shape with { Markets = 3 };
        (Gmf gmf, Mlp mlp, Nmf nmf) = (new(_device, shape, marketAware: true), new(_device, shape, marketAware: true), new(_device, shape, marketAware: true));
        foreach (IRecommender model in (IRecommender[])[gmf, mlp, nmf])
            model.Initialise(1, $"test/{model.GetType().Name}", 1);
        Grafts.GmfToMlp(mlp, new Dictionary<string, IRecommender> { ["ma-gmf"] = gmf }, new TrainingOptions());
        Assert.Equal(Values(gmf.Market!.Table), Values(mlp.Market!.Table));

        mlp.Market.Table.Value.Values.Span[0] = 7;
        Grafts.GmfAndMlpToNmf(nmf, new Dictionary<string, IRecommender> { ["ma-gmf"] = gmf, ["ma-mlp"] = mlp }, new TrainingOptions());
        Assert.Equal(Values(gmf.Market.Table), Values(nmf.MarketMf!.Table));
        Assert.Equal(Values(mlp.Market.Table), Values(nmf.MarketMlp!.Table));
    }

    [Fact]
    public void Preset_vectors_are_each_markets_own_and_stay_as_they_are()
    {
        Gmf[] gmfs = [.. Enumerable.Range(0, 3).Select(_ => new Gmf(_device, s_shape))];
        for (int market = 0; market < 3; market++)
            gmfs[market].Initialise(1, $"test/gmf/{market}", 1);
        Ddtcdr ddtcdr = new(_device, s_shape with { Markets = 3, Target = 1, FirstUsers = [0, 2, 3] });
        ddtcdr.Initialise(1, "test", 1);
        Grafts.PresetVectors(ddtcdr, new Dictionary<string, IRecommender> { ["gmf/uk"] = gmfs[2], ["gmf/de"] = gmfs[0], ["gmf/jp"] = gmfs[1] }, new TrainingOptions());

        Assert.Equal(
            [.. Values(gmfs[0].User.Table)[..6], .. Values(gmfs[1].User.Table)[6..9], .. Values(gmfs[2].User.Table)[9..]],
            Values(ddtcdr.User.Table));
        for (int market = 0; market < 3; market++)
            Assert.Equal(Values(gmfs[market].Item.Table), Values(ddtcdr.Networks[market].Item.Table));
        Assert.All(ddtcdr.Parameters, parameter => Assert.Equal(parameter is EmbeddingTable, parameter.IsFrozen));
    }

    [Fact]
    public void Nmf_so_started_scores_the_mean_of_both()
    {
        Grafts.GmfAndMlpToNmf(_nmf, _earlier, new TrainingOptions());
        Minibatch batch = new(_device, 4);
        batch.Set([0, 1, 4, 4], [5, 0, 2, 3]);
        Real[] gmf = Logits(_gmf, batch), mlp = Logits(_mlp, batch), nmf = Logits(_nmf, batch);
        for (int i = 0; i < 4; i++)
            Assert.Equal((gmf[i] + mlp[i]) / 2, nmf[i], 1e-6);
    }

    [Fact]
    public void What_was_taken_over_is_a_copy()
    {
        Grafts.GmfAndMlpToNmf(_nmf, _earlier, new TrainingOptions());
        Real[] taken = Values(_nmf.UserMf.Table);
        _gmf.User.Table.Value.Values.Span.Clear();
        Assert.Equal(taken, Values(_nmf.UserMf.Table));
    }

    [Fact]
    public void None_leaves_everything()
    {
        Real[][] before = [.. _mlp.Parameters.Select(Values)];
        Grafts.None(_mlp, _earlier, new TrainingOptions());
        Assert.Equal(before, _mlp.Parameters.Select(Values));
    }

    private Real[] Logits(IRecommender model, Minibatch batch) =>
        model.Logits(new ForecEngine.Autodiff.Tape(_device, recording: false), batch).Value.Values.Span.ToArray();

    private static Real[] Values(Parameter parameter) => parameter.Value.Values.Span.ToArray();
}
