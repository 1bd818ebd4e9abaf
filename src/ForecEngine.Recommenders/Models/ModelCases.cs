// A gradient check of every model of the catalog: the gradient of its loss over a random minibatch, with repeated ids, is compared with
// central differences for every parameter.

using ForecEngine.Gradients;

namespace ForecEngine.Recommenders.Models;

/// <summary>The gradient checks of the models' losses.</summary>
public static class ModelCases
{
    /// <summary>A case for each model.</summary>
    public static IReadOnlyList<GradientCase> All =>
    [
        .. ModelCatalog.Names.Select(name => new GradientCase(name, (device, seed) => Check(name, device, seed, hasHead: false))),
        new("nmf-fork", (device, seed) => Check("nmf", device, seed, hasHead: true)),
        new("ddtcdr-loss", DdtcdrLoss),
        .. ((string[])["gmf", "ma-gmf", "bpr-mf"]).Select(
            name => new GradientCase($"{name}-softmax", (device, seed) => SoftmaxLoss(name, device, seed))),
    ];

    private static GradientCheckResult Check(string name, IDevice device, ulong seed, bool hasHead)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"gradcheck/{name}");
        ModelShape shape = Shape(draws);
        if (hasHead)
            shape = shape with { Head = [shape.Layers[^1] + shape.Dimension, 1 + draws.Below(7, 12), 1 + draws.Below(8, 12)] };
        IRecommender model = ModelCatalog.Create(name, device, shape);
        model.Initialise(seed, "gradcheck", embeddingDeviation: 1);
        Minibatch batch = Batch(device, draws, shape, ModelCatalog.Find(name).NeedsOneMarket);
        return GradientCheck.Run(
            device, model.Parameters, tape => tape.BinaryCrossEntropy(model.Logits(tape, batch), tape.Constant(batch.Labels)),
            GradientCheckOptions.Model, seed);
    }

    // The training loss, with dropout and a large penalty. The bridges are far from orthogonal, because the penalty of an orthogonal
    // matrix has a kink in every element.
    private static GradientCheckResult DdtcdrLoss(IDevice device, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, "gradcheck/ddtcdr-loss");
        RatingLoss loss = draws.Below(20, 2) == 0 ? RatingLoss.Bce : RatingLoss.Mse;
        ModelShape shape = Shape(draws) with { Ddtcdr = new DdtcdrOptions { Alpha = 0.4, Loss = loss, Orthogonality = 0.01 } };
        Ddtcdr model = new(device, shape);
        model.Initialise(seed, "gradcheck", embeddingDeviation: 1);
        foreach (Linear bridge in model.Bridges)
            Initial.Normal(bridge.Weight, 1, seed, "gradcheck");
        Minibatch batch = Batch(device, draws, shape, ofOneMarket: true);
        return GradientCheck.Run(
            device, model.Parameters, tape => model.Loss(tape, batch, seed, step: 1), GradientCheckOptions.Model, seed);
    }

    // Users choose among all items of a market.
    private static GradientCheckResult SoftmaxLoss(string name, IDevice device, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"gradcheck/{name}-softmax");
        ModelShape shape = Shape(draws);
        IRecommender model = ModelCatalog.Create(name, device, shape);
        model.Initialise(seed, "gradcheck", embeddingDeviation: 1);
        Minibatch batch = Batch(device, draws, shape, ofOneMarket: true);
        IDotProduct dots = (IDotProduct)model;
        RowIds all = RowIds.WriteDistinct(
            device.Allocate<int>(shape.Items).Slice(), [.. Enumerable.Range(0, shape.Items)]);
        EmbeddingTable biases = dots.ItemBiases ?? new EmbeddingTable(device, "no_bias", shape.Items, 1).Frozen();
        return GradientCheck.Run(
            device, model.Parameters,
            tape => tape.SoftmaxLoss(dots.UserVectors(tape, batch), dots.ItemVectors, all, biases, all, batch.Items),
            GradientCheckOptions.Model, seed);
    }

    private static ModelShape Shape(RandomSequence draws)
    {
        int dimension = 1 + draws.Below(0, 8), markets = 1 + draws.Below(9, 4);
        return new ModelShape(
            Users: 1 + draws.Below(1, 6), Items: 1 + draws.Below(2, 9), dimension,
            [2 * dimension, 1 + draws.Below(3, 24), 1 + draws.Below(4, 12), 1 + draws.Below(5, 8)])
        {
            Markets = markets,
            Target = draws.Below(10, markets),
        };
    }

    private static Minibatch Batch(IDevice device, RandomSequence draws, ModelShape shape, bool ofOneMarket)
    {
        int samples = 1 + draws.Below(6, 12);
        Minibatch batch = new(device, samples);
        int[] places = [.. Enumerable.Range(0, samples)];
        batch.Set(
            [.. places.Select(i => draws.Below(100 + (ulong)(3 * i), shape.Users))],
            [.. places.Select(i => draws.Below(101 + (ulong)(3 * i), shape.Items))],
            [.. places.Select(i => (Real)draws.Below(102 + (ulong)(3 * i), 2))],
            [.. places.Select(i => draws.Below(ofOneMarket ? 200 : 200 + (ulong)i, shape.Markets))]);
        return batch;
    }
}
