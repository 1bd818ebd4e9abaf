// A model outside the catalog that uses only the public API: two towers and biases that start at 0,
//   logit = relu(W p_user + c) . relu(V q_item + d) + b_user + b_item.
// It is added before any test runs, so that the tests of all models in the catalog include it.

using System.Runtime.CompilerServices;
using ForecEngine.Autodiff;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Tests.Open;

internal sealed class TwoTower : IRecommender
{
    private readonly Embedding _user, _item, _userBias, _itemBias;
    private readonly Linear _userTower, _itemTower;

    public TwoTower(IDevice device, ModelShape shape)
        : this(
            new(device, "two_tower_user", shape.Users, shape.Dimension), new(device, "user_bias", shape.Users, 1),
            new(device, "two_tower_item", shape.Items, shape.Dimension), new(device, "item_bias", shape.Items, 1),
            new(device, "user_tower", shape.Dimension, shape.Dimension), new(device, "item_tower", shape.Dimension, shape.Dimension))
    {
    }

    private TwoTower(Embedding user, Embedding userBias, Embedding item, Embedding itemBias, Linear userTower, Linear itemTower)
    {
        (_user, _userBias, _item, _itemBias, _userTower, _itemTower) = (user, userBias, item, itemBias, userTower, itemTower);
        Parameters = [user.Table, userBias.Table, item.Table, itemBias.Table, .. userTower.Parameters, .. itemTower.Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    [ModuleInitializer]
    internal static void Add()
    {
        ModelCatalog.Add(new("two-tower", (device, shape) => new TwoTower(device, shape), Recognise));
        PlanCatalog.Add("two-tower++", settings => new("two-tower++",
        [
            new("two-tower++", "two-tower", Scope.All, new GradientFit(
                settings.Model with { Ddtcdr = null }, new Initialisers.Fresh(), settings.LearningRate ?? 0.01, settings.Gradient,
                settings.Samples)),
        ]));

        // nmf++, then all weights fine-tuned on the target.
        PlanCatalog.Add("nmf++-tuned", settings => new("nmf++-tuned",
        [
            .. PlanCatalog.Find("nmf++", settings).Phases,
            new("nmf++-tuned", "nmf", Scope.Target, new GradientFit(
                settings.Model with { Ddtcdr = null }, new Initialisers.SameModel(), 0.001, settings.Gradient, settings.Samples)),
        ]));
        PlanCatalog.Add("gmf-adamw", settings => new("gmf-adamw",
        [
            new("gmf-adamw", "gmf", Scope.Target, new GradientFit(
                settings.Model with { Ddtcdr = null }, new Initialisers.Fresh(), 0.05, settings.Gradient, settings.Samples)
            {
                Optimiser = new("adamw", (device, parameters, fit) => new AdamW(device, parameters, fit.LearningRate, decay: 0.01)),
            }),
        ]));
    }

    public void Initialise(ulong seed, string purpose, double standardDeviation)
    {
        _user.Initialise(seed, purpose, standardDeviation);
        _item.Initialise(seed, purpose, standardDeviation);
        _userTower.Initialise(seed, purpose);
        _itemTower.Initialise(seed, purpose);
    }

    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor user = tape.Relu(_userTower.Apply(tape, _user.Apply(tape, batch.Users)));
        Tensor item = tape.Relu(_itemTower.Apply(tape, _item.Apply(tape, batch.Items)));
        Tensor biases = tape.Add(_userBias.Apply(tape, batch.Users), _itemBias.Apply(tape, batch.Items));
        return tape.Add(tape.RowSum(tape.Multiply(user, item)), biases);
    }

    public IRecommender WithUsers(IDevice device, int users) => new TwoTower(
        _user.WithRows(device, users), _userBias.WithRows(device, users), _item.Frozen(), _itemBias.Frozen(), _userTower.Frozen(),
        _itemTower.Frozen());

    private static ModelShape? Recognise(SafetensorsFile file)
    {
        if (!file.TryFind("two_tower_user.weight", out SafeTensor? user) || !file.TryFind("two_tower_item.weight", out SafeTensor? item))
            return null;
        return new ModelShape(user.Shape[0], item.Shape[0], user.Shape[1], []);
    }
}
