// Initial models: mlp starts from gmf, nmf from both, and the fork of a market from nmf.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class InitialisersTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]);
    private static readonly Initialisers.Fork s_fork = new([7, 9, 7], Unfreeze: 1, KeepOutput: false);
    private static readonly Initialisers.GmfAndMlpToNmf s_both = new(TransferBiases: true);

    private readonly ScalarDevice _device = new();
    private readonly Dictionary<string, IFittedModel> _earlier = [];

    public InitialisersTests()
    {
        foreach (string name in (string[])["gmf", "mlp", "nmf"])
            _earlier[name] = Wanted(name).Fresh();
    }

    private Gmf Gmf => (Gmf)_earlier["gmf"];

    private Mlp Mlp => (Mlp)_earlier["mlp"];

    private Nmf Parent => (Nmf)_earlier["nmf"];

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_unit_product_has_the_vectors_of_a_random_gmf_and_adds_their_products()
    {
        Gmf gmf = (Gmf)new Initialisers.UnitProduct().Make(Wanted("gmf"), _earlier), random = (Gmf)Wanted("gmf").Fresh();
        Assert.Equal(Values(random.User.Table), Values(gmf.User.Table));
        Assert.Equal(Values(random.Item.Table), Values(gmf.Item.Table));
        Assert.All(Values(gmf.Output.Weight), weight => Assert.Equal(1, weight));
        Assert.Equal([0], Values(gmf.Output.Bias));
        Assert.IsType<Initialisers.UnitProduct>(
            ((GradientFit)PlanCatalog.Find("nmf++", new() { Model = new() { UnitProduct = true } }).Phases[0].Fit).Initialiser);
        Assert.IsType<Initialisers.Fresh>(((GradientFit)PlanCatalog.Find("nmf++").Phases[0].Fit).Initialiser);
    }

    [Fact]
    public void Mlp_starts_from_the_embeddings_of_gmf_and_new_layers()
    {
        Mlp own = (Mlp)Wanted("mlp", "mlp+").Fresh(), mlp = (Mlp)new Initialisers.GmfToMlp().Make(Wanted("mlp", "mlp+"), _earlier);
        Assert.Equal(Values(Gmf.User.Table), Values(mlp.User.Table));
        Assert.Equal(Values(Gmf.Item.Table), Values(mlp.Item.Table));
        Assert.Equal(
            own.Tower.Parameters.Concat(own.Output.Parameters).Select(Values),
            mlp.Tower.Parameters.Concat(mlp.Output.Parameters).Select(Values));
    }

    [Fact]
    public void The_error_for_a_missing_earlier_model_names_the_phase_the_model_and_what_there_is()
    {
        Refused("plan: its initialiser needs ddtcdr of an earlier phase; the models of earlier phases: gmf, mlp, nmf",
            () => new Initialisers.SameModel().Make(Wanted("ddtcdr", "plan"), _earlier));
        _earlier.Clear();
        Refused("plan: its initialiser needs exactly one Gmf of an earlier phase; the models of earlier phases: there is none",
            () => new Initialisers.GmfToMlp().Make(Wanted("mlp", "plan"), _earlier));
        Refused("plan: its initialiser needs nmf of an earlier phase; the models of earlier phases: there is none",
            () => s_fork.Make(Wanted("nmf", "plan"), _earlier));

        static void Refused(string message, Action make) => Assert.Equal(message, Assert.Throws<ArgumentException>(make).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nmf_starts_from_both_with_half_of_each_output_layer(bool biases)
    {
        Nmf nmf = (Nmf)new Initialisers.GmfAndMlpToNmf(biases).Make(Wanted("nmf"), _earlier);
        Assert.Equal(Values(Mlp.User.Table), Values(nmf.UserMlp.Table));
        Assert.Equal(Values(Mlp.Item.Table), Values(nmf.ItemMlp.Table));
        Assert.Equal(Values(Gmf.User.Table), Values(nmf.UserMf.Table));
        Assert.Equal(Values(Gmf.Item.Table), Values(nmf.ItemMf.Table));
        Assert.Equal(Mlp.Tower.Layers.Select(layer => Values(layer.Weight)), nmf.Tower.Layers.Select(layer => Values(layer.Weight)));
        Tower expected = biases ? Mlp.Tower : ((Nmf)Wanted("nmf").Fresh()).Tower;
        Assert.Equal(expected.Layers.Select(layer => Values(layer.Bias)), nmf.Tower.Layers.Select(layer => Values(layer.Bias)));
        Assert.Equal([.. Values(Mlp.Output.Weight).Concat(Values(Gmf.Output.Weight)).Select(w => 0.5f * w)], Values(nmf.Output.Weight));
        Assert.Equal([0.5f * (Values(Mlp.Output.Bias)[0] + Values(Gmf.Output.Bias)[0])], Values(nmf.Output.Bias));
    }

    [Fact]
    public void Market_vectors_are_copied_together_with_the_item_embeddings()
    {
        Gmf gmf = (Gmf)Wanted("ma-gmf").Fresh();
        Mlp mlp = (Mlp)new Initialisers.GmfToMlp().Make(Wanted("ma-mlp"), new Dictionary<string, IFittedModel> { ["ma-gmf"] = gmf });
        Assert.Equal(Values(gmf.Market!.Table), Values(mlp.Market!.Table));

        mlp.Market.Table.Value.Values.Span[0] = 7;
        Nmf nmf = (Nmf)s_both.Make(Wanted("ma-nmf"), new Dictionary<string, IFittedModel> { ["ma-gmf"] = gmf, ["ma-mlp"] = mlp });
        Assert.Equal(Values(gmf.Market.Table), Values(nmf.MarketMf!.Table));
        Assert.Equal(Values(mlp.Market.Table), Values(nmf.MarketMlp!.Table));
    }

    [Fact]
    public void Preset_vectors_differ_per_market_and_are_not_trained()
    {
        Gmf[] gmfs = [.. Enumerable.Range(0, 3).Select(market => (Gmf)Wanted("gmf", $"gmf/{market}").Fresh())];
        ModelRequest wanted = Wanted("ddtcdr");
        Ddtcdr ddtcdr = (Ddtcdr)new Initialisers.PresetVectors().Make(
            wanted with { Shape = wanted.Shape with { Markets = 3, Target = 1, FirstUsers = [0, 2, 3] } },
            new Dictionary<string, IFittedModel> { ["gmf/uk"] = gmfs[2], ["gmf/de"] = gmfs[0], ["gmf/jp"] = gmfs[1] });

        Assert.Equal(
            [.. Values(gmfs[0].User.Table)[..6], .. Values(gmfs[1].User.Table)[6..9], .. Values(gmfs[2].User.Table)[9..]],
            Values(ddtcdr.User.Table));
        for (int market = 0; market < 3; market++)
            Assert.Equal(Values(gmfs[market].Item.Table), Values(ddtcdr.Networks[market].Item.Table));
        Assert.All(ddtcdr.Parameters, parameter => Assert.Equal(parameter is EmbeddingTable, parameter.IsFrozen));
    }

    [Fact]
    public void An_nmf_initialised_from_gmf_and_mlp_outputs_their_mean()
    {
        IRecommender nmf = s_both.Make(Wanted("nmf"), _earlier);
        Real[] gmf = Logits(Gmf), mlp = Logits(Mlp), both = Logits(nmf);
        for (int i = 0; i < both.Length; i++)
            Assert.Equal((gmf[i] + mlp[i]) / 2, both[i], 1e-6);
    }

    [Fact]
    public void Nmf_copies_the_values_that_it_starts_from()
    {
        Nmf nmf = (Nmf)s_both.Make(Wanted("nmf"), _earlier);
        Real[] taken = Values(nmf.UserMf.Table);
        Gmf.User.Table.Value.Values.Span.Clear();
        Assert.Equal(taken, Values(nmf.UserMf.Table));
    }

    [Fact]
    public void The_initialiser_Fresh_draws_new_values_and_SameModel_continues_the_earlier_model()
    {
        Assert.Equal(
            Wanted("mlp", "other").Fresh().Parameters.Select(Values),
            new Initialisers.Fresh().Make(Wanted("mlp", "other"), _earlier).Parameters.Select(Values));
        Assert.Same(Parent, new Initialisers.SameModel().Make(Wanted("nmf"), _earlier));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void A_fork_without_a_head_that_keeps_the_output_layer_scores_like_its_parent(Seed seed, byte layers)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int dimension = 1 + draws.Below(0, 9);
        ModelShape shape = new(
            5, 6, dimension, [2 * dimension, .. Enumerable.Range(1, 1 + (layers % 4)).Select(i => 1 + draws.Below((ulong)i, 20))]);
        Initialisers.Fork whole = new(Head: [], draws.Below(9, shape.Layers.Count), KeepOutput: true);
        ModelRequest wanted = new(_device, "nmf", shape, StandardDeviation: 1, seed.Value, "parent");
        IRecommender parent = wanted.Fresh();
        Assert.Equal(
            Logits(parent),
            Logits(whole.Make(wanted with { Purpose = "fork" }, new Dictionary<string, IFittedModel> { ["nmf"] = parent })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_fork_shares_the_memory_of_frozen_parameters_and_has_its_own_for_trained_ones(int unfreeze)
    {
        Nmf fork = (Nmf)(s_fork with { Unfreeze = unfreeze }).Make(Wanted("nmf"), _earlier);
        string[] trains =
            [.. Enumerable.Range(2 - unfreeze, unfreeze).Select(i => $"fc_layers.{i}"), "mh_layers.0", "mh_layers.1", "affine_output"];
        Assert.Equal(
            trains.SelectMany(layer => (string[])[$"{layer}.weight", $"{layer}.bias"]),
            fork.Parameters.Where(p => !p.IsFrozen).Select(p => p.Name));
        foreach (Parameter own in fork.Parameters)
        {
            if (Parent.Parameters.FirstOrDefault(p => p.Name == own.Name) is not { } from)
                continue;
            Assert.False(from.IsFrozen); // the parent can still be trained
            Assert.Equal(own.IsFrozen, own.Value.Values.Span.Overlaps(from.Value.Values.Span));
            if (!own.Name.StartsWith("affine", StringComparison.Ordinal))
                Assert.Equal(Values(from), Values(own));
        }
    }

    [Fact]
    public void Frozen_parameters_do_not_change_in_training_and_have_no_gradients_and_no_moments()
    {
        Real[][] before = [.. Parent.Parameters.Select(Values)];
        Nmf fork = (Nmf)s_fork.Make(Wanted("nmf"), _earlier);
        Real[][] own = [.. fork.Parameters.Where(p => !p.IsFrozen).Select(Values)];
        AdamOptimiser optimiser = new(_device, fork.Parameters, new AdamOptions(0.01, 1e-3));
        Assert.Equal(fork.Parameters.Where(p => !p.IsFrozen), optimiser.State.Select(state => state.Parameter).Distinct());

        LossGradient gradient = new(_device, fork);
        Slice<Real> loss = _device.Allocate<Real>(1).Slice();
        for (int i = 0; i < 10; i++)
        {
            gradient.Add(Batch(), 1, loss);
            foreach (Parameter frozen in fork.Parameters.Where(p => p.IsFrozen))
                Assert.Equal(
                    0, frozen is EmbeddingTable table ? table.Gradient.Rows.Count : ((DenseParameter)frozen).Gradient.Values.Length);
            optimiser.Update();
        }

        Assert.Equal(before, Parent.Parameters.Select(Values));
        Assert.All(fork.Parameters.Where(p => !p.IsFrozen).Zip(own), pair => Assert.NotEqual(pair.Second, Values(pair.First)));
    }

    [Fact]
    public void The_output_layer_of_a_fork_is_random_or_that_of_its_parent()
    {
        Nmf random = (Nmf)s_fork.Make(Wanted("nmf", "fork"), _earlier);
        Nmf kept = (Nmf)(s_fork with { KeepOutput = true }).Make(Wanted("nmf", "fork"), _earlier);
        Assert.NotEqual(Values(Parent.Output.Weight), Values(random.Output.Weight));
        Assert.Equal(Values(Parent.Output.Weight), Values(kept.Output.Weight));
        Assert.Equal(Values(Parent.Output.Bias), Values(kept.Output.Bias));
        Assert.Equal(random.Head.Parameters.Select(Values), kept.Head.Parameters.Select(Values));
    }

    [Fact]
    public void A_starting_model_that_does_not_fit_is_refused()
    {
        Refused("the head begins with 8; expects 7", s_fork with { Head = [8, 7] });
        Refused("expects 0 to 2 layers to train, got 3", s_fork with { Unfreeze = 3 });
        Refused("a head of output width 5 cannot keep an output layer of 7 inputs", s_fork with { Head = [7, 5], KeepOutput = true });
        _earlier["nmf"] = s_fork.Make(Wanted("nmf"), _earlier);
        Refused("is itself a fork", s_fork);

        void Refused(string why, Initialisers.Fork fork) => Assert.Contains(
            why, Assert.Throws<ArgumentException>(() => fork.Make(Wanted("nmf"), _earlier)).Message, StringComparison.Ordinal);
    }

    private ModelRequest Wanted(string model, string purpose = "test") =>
        new(_device, model, s_shape, StandardDeviation: 1, Seed: 1, purpose);

    private Minibatch Batch()
    {
        Minibatch batch = new(_device, 4);
        batch.Set([0, 1, 4, 4], [5, 0, 2, 3], [1, 0, 0, 1]);
        return batch;
    }

    private Real[] Logits(IRecommender model) => model.Logits(new Tape(_device, recording: false), Batch()).Value.Values.Span.ToArray();

    private static Real[] Values(Parameter parameter) => parameter.Value.Values.Span.ToArray();
}
