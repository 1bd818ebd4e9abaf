// Two towers with biases: a dense layer over the user's vector, another over the item's vector, their dot product, and a bias for the user
// and for the item.
//   logit = sum(relu(A p_u + a) x (B q_i + b)) + c_u + d_i

using ForecEngine;
using ForecEngine.Autodiff;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

internal sealed class TwoTower : IRecommender
{
    private readonly Embedding _user, _userBias, _item, _itemBias;
    private readonly Linear _userLayer, _itemLayer;

    /// <summary>A model of zeros.</summary>
    public TwoTower(IDevice device, ModelShape shape)
        : this(
            new(device, "user", shape.Users, shape.Dimension), new(device, "user_bias", shape.Users, 1),
            new(device, "item", shape.Items, shape.Dimension), new(device, "item_bias", shape.Items, 1),
            new(device, "user_layer", shape.Dimension, shape.Dimension), new(device, "item_layer", shape.Dimension, shape.Dimension))
    {
    }

    private TwoTower(Embedding user, Embedding userBias, Embedding item, Embedding itemBias, Linear userLayer, Linear itemLayer)
    {
        (_user, _userBias, _item, _itemBias, _userLayer, _itemLayer) = (user, userBias, item, itemBias, userLayer, itemLayer);
        Parameters = [user.Table, userBias.Table, item.Table, itemBias.Table, .. userLayer.Parameters, .. itemLayer.Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Draws the vectors and the layers' weights; all biases start at 0.</summary>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        _user.Initialise(seed, purpose, embeddingDeviation);
        _item.Initialise(seed, purpose, embeddingDeviation);
        _userLayer.Initialise(seed, purpose, drawsBias: false);
        _itemLayer.Initialise(seed, purpose, drawsBias: false);
    }

    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor user = tape.Relu(_userLayer.Apply(tape, _user.Apply(tape, batch.Users)));
        Tensor item = _itemLayer.Apply(tape, _item.Apply(tape, batch.Items));
        Tensor biases = tape.Add(_userBias.Apply(tape, batch.Users), _itemBias.Apply(tape, batch.Items));
        return tape.Add(tape.RowSum(tape.Multiply(user, item)), biases);
    }

    /// <summary>For new users, whose vectors and biases are fitted to their items; all other parameters are frozen.</summary>
    public IRecommender WithUsers(IDevice device, int users) => new TwoTower(
        _user.WithRows(device, users), _userBias.WithRows(device, users), _item.Frozen(), _itemBias.Frozen(), _userLayer.Frozen(),
        _itemLayer.Frozen());

    /// <summary>The sizes of the model in a checkpoint, checked for all tensors; null if the checkpoint has another model.</summary>
    public static ModelShape? Recognise(SafetensorsFile file)
    {
        if (!file.TryFind("user_layer.weight", out SafeTensor? layer) || !file.TryFind("user_bias.weight", out SafeTensor? users)
            || !file.TryFind("item_bias.weight", out SafeTensor? items))
            return null;
        ModelShape shape = new(users.Shape[0], items.Shape[0], Dimension: layer.Shape[0], Layers: []);
        foreach ((string side, int rows) in ((string, int)[])[("user", shape.Users), ("item", shape.Items)])
        {
            file.Find($"{side}.weight", rows, shape.Dimension);
            file.Find($"{side}_bias.weight", rows, 1);
            file.Find($"{side}_layer.weight", shape.Dimension, shape.Dimension);
            file.Find($"{side}_layer.bias", shape.Dimension);
        }

        return shape;
    }
}
